import { parseInput } from '../../src/contract/input';
import type { PageRequest } from '../../src/contract/page';
import { STREAM_NAMES, type StreamName } from '../../src/streams';
import * as actions from '../../workflows/actions';
import { block, lookAgain } from '../../workflows/blocked';
import { landPage, requestPage } from '../../workflows/page';
import { pageRequest } from '../../workflows/pageRequest';
import { prepare } from '../../workflows/preparation';
import { end, initialState, type ExportState } from '../../workflows/state';
import { statusOf } from '../../workflows/status';
import { streamNews, type StreamNews, type Logged } from '../../workflows/streamNews';
import { earliest } from '../../workflows/streamState';
import { missStream } from '../../workflows/unavailable';
import { EMPTY_PAGE } from './emptyPage';
import { always, progressOf } from './states';

const NOW = 1_750_000_000_000;
const AT = '2025-06-15T15:06:40Z';
const problem = (type: string, message = 'no'): Parameters<typeof block>[2] => ({
  ...{ type, message },
  ...{ at: AT, since: AT, attempts: 1 },
});

let state: ExportState;
let logged: Logged | undefined;
let said: StreamNews[];

function begin(streams: readonly StreamName[]): void {
  const request = parseInput(
    { subdomain: 'demo', startTime: 1_700_000_000, streams },
    { now: NOW / 1000, accounts: ['demo'] },
  );
  [logged, said] = [undefined, []];
  become(initialState(NOW));
  become(prepare(state, { request, searchAttributes: false }, NOW));
}

function become(next: ExportState): void {
  state = { ...next, underway: [] };
  const looked = streamNews(state, statusOf(state, NOW), logged);
  logged = looked.logged;
  said.push(...looked.news);
}

/** What has been said since this was asked last. */
function lines(): string[] {
  const all = said.map(({ stream, event, type }) => `${stream} ${event}: ${type}`);
  said = [];
  return all;
}

function ask(stream: StreamName): PageRequest {
  const progress = progressOf(state);
  const { [stream]: of } = progress.streams;
  if (of === undefined) throw new Error('not read');
  return pageRequest(progress, stream, earliest(of), 'first');
}

function refuse(stream: StreamName, type = 'Forbidden'): void {
  become(block(state, ask(stream), problem(type), NOW));
}

function miss(stream: StreamName): void {
  become(missStream(state, ask(stream), problem('Forbidden'), NOW));
}

function land(stream: StreamName, more: Partial<typeof EMPTY_PAGE> = {}): void {
  const asked = ask(stream);
  become(requestPage(state, asked, NOW, always));
  become(landPage(state, asked, { ...EMPTY_PAGE, ...more }, NOW, always));
}

beforeEach(() => {
  begin(['tickets', 'users', 'organizations']);
});

test('a stream that blocks is said once, however often it is looked, and again when something else blocks it', () => {
  refuse('users', 'CrowdedSecond');
  for (let look = 0; look < 3; look += 1) {
    become(lookAgain(state, 'users'));
    refuse('users', 'CrowdedSecond');
    land('tickets');
  }
  expect(lines()).toEqual(['users blocked: CrowdedSecond']);
  refuse('users', 'Forbidden');
  expect(lines()).toEqual(['users blocked: Forbidden']);
});

test('a stream that the account lacks is said once, also when it is tried again, by itself or by an operator', () => {
  miss('users');
  expect(lines()).toEqual(['users unavailable: Forbidden']);
  miss('users');
  become(actions.resume(state, NOW));
  miss('users');
  expect(lines()).toEqual([]);
  land('users');
  expect(lines()).toEqual(['users continues: Forbidden']);
});

test('a stream continues when a page of it has landed: neither resume nor resetCursor alone shows that', () => {
  refuse('users');
  lines();
  become(actions.resume(state, NOW, 'users'));
  expect(lines()).toEqual([]);
  refuse('users');
  expect(lines()).toEqual(['users blocked: Forbidden']);
  become(actions.reset(state, 'users', { startTime: 1_700_000_100 }, NOW));
  land('tickets');
  expect(lines()).toEqual([]);
  land('users');
  land('users');
  expect(lines()).toEqual(['users continues: Forbidden']);
});

test('what the line about the whole export says is not said of the stream as well', () => {
  begin(['tickets']);
  refuse('tickets');
  expect(statusOf(state, NOW)).toMatchObject({ state: 'blocked', lastError: { type: 'Forbidden' } });
  expect(lines()).toEqual([]);
  land('tickets');
  expect(lines()).toEqual(['tickets continues: Forbidden']);
});

test('each stream is said where they block one after the other, until all of the export is blocked', () => {
  for (const stream of ['tickets', 'users', 'organizations'] as const) refuse(stream);
  expect(statusOf(state, NOW)).toMatchObject({ state: 'blocked', lastError: { stream: 'tickets' } });
  expect(lines()).toEqual([
    'tickets blocked: Forbidden',
    'users blocked: Forbidden',
    'organizations blocked: Forbidden',
  ]);
});

test('a run says nothing that the run before has said, and continues from there', () => {
  refuse('users');
  miss('organizations');
  lines();
  logged = undefined;
  become(state);
  become(lookAgain(state, 'users'));
  refuse('users');
  expect(lines()).toEqual([]);
  land('users');
  expect(lines()).toEqual(['users continues: Forbidden']);
});

test('of a stream that is removed, and of an export that has ended, nothing more is said', () => {
  refuse('users');
  lines();
  become(actions.removeStream(state, 'users', NOW));
  become(block(state, ask('tickets'), problem('Forbidden'), NOW));
  expect(lines()).toEqual(['tickets blocked: Forbidden']);
  become(end(block(state, ask('organizations'), problem('Forbidden'), NOW), 'cancelled'));
  expect(lines()).toEqual([]);
});

test('a line has the message with what to do, of a bounded length', () => {
  begin(STREAM_NAMES);
  become(block(state, ask('users'), problem('Contradiction', 'x'.repeat(5000)), NOW));
  expect(said).toEqual([
    { stream: 'users', event: 'blocked', type: 'Contradiction', problem: 'x'.repeat(1000) },
  ]);
});
