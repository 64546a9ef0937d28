import { parseInput } from '../../src/contract/input';
import type { StreamName } from '../../src/streams';
import * as actions from '../../workflows/actions';
import { block, lookAgain } from '../../workflows/blocked';
import { carriedState } from '../../workflows/carried';
import { dueNotices } from '../../workflows/notices';
import { landPage, requestPage } from '../../workflows/page';
import { pageRequest } from '../../workflows/pageRequest';
import { prepare } from '../../workflows/preparation';
import { fail, initialState, type ExportState } from '../../workflows/state';
import { earliest } from '../../workflows/streamState';
import { EMPTY_PAGE } from './emptyPage';
import { always, progressOf } from './states';

const NOW = 1_750_000_000_000;
const MINUTE = 60_000;
const AT = '2025-06-15T15:06:40Z';
const problem = { type: 'Forbidden', message: 'No. Grant it, then resume.', at: AT, since: AT, attempts: 1 };
const unauthorized = (request: string): typeof problem => ({
  ...problem,
  type: 'Unauthorized',
  message: `No (status 401, request ${request}). Renew it, then resume.`,
});

let now: number;
let state: ExportState;
let sent: string[];

beforeEach(() => {
  const request = parseInput(
    { subdomain: 'demo', startTime: 1_700_000_000, streams: ['tickets', 'users'] },
    { now: NOW / 1000, accounts: ['demo'] },
  );
  now = NOW;
  sent = [];
  become(initialState(NOW));
  become(prepare(state, { request, searchAttributes: false }, now));
});

function become(next: ExportState): void {
  const { state: after, due } = dueNotices(next, now, () => true);
  // As the next run would get it.
  state = carriedState(JSON.parse(JSON.stringify({ ...after, underway: [] })), now);
  sent.push(...due.map(({ event, stream = 'preparation' }) => `${stream} ${event}`));
}

function ask(stream: StreamName) {
  const progress = progressOf(state);
  const { [stream]: of } = progress.streams;
  if (of === undefined) throw new Error('not read');
  return pageRequest(progress, stream, earliest(of), 'first');
}

/** @param why by default what is wrong with that stream alone */
function refuse(stream: StreamName, why = { ...problem, message: `${stream}: ${problem.message}` }): void {
  become(block(state, ask(stream), why, now));
}

function land(stream: StreamName): void {
  const asked = ask(stream);
  become(landPage(requestPage(state, asked, now, always), asked, EMPTY_PAGE, now, always));
}

test('a block has one notice however often it is looked at again, and one when it has passed', () => {
  for (let look = 0; look < 50; look += 1) {
    refuse('tickets');
    now += 30 * MINUTE;
    become(lookAgain(state, 'tickets'));
  }
  land('tickets');
  land('tickets');
  expect(sent).toEqual(['tickets blocked', 'tickets unblocked']);
});

test('resume alone does not unblock: a page does', () => {
  refuse('tickets');
  become(actions.resume(state, now));
  refuse('tickets');
  become(actions.resume(state, now));
  expect(sent).toEqual(['tickets blocked']);
  land('tickets');
  expect(sent).toEqual(['tickets blocked', 'tickets unblocked']);
});

test('a stream that blocks and continues each minute for a day has a notice every ten minutes at most', () => {
  for (let minute = 0; minute < 24 * 60; minute += 1) {
    refuse('tickets');
    land('tickets');
    now += MINUTE;
  }
  expect(sent.length).toBeLessThanOrEqual(2 * 24 * 6);
  expect(sent.at(-1)).toBe('tickets unblocked');
});

test('a block that came too soon after another has its notice later, if it still lasts', () => {
  refuse('tickets');
  land('tickets');
  now += MINUTE;
  refuse('tickets');
  expect(sent).toHaveLength(2);
  now += 10 * MINUTE;
  become(lookAgain(state, 'tickets'));
  expect(sent).toEqual(['tickets blocked', 'tickets unblocked', 'tickets blocked']);
});

test('each stream has its own, the preparation too', () => {
  become(initialState(now));
  sent = [];
  const { progress } = state;
  expect(progress).toBeNull();
  become(block(state, null, problem, now));
  become(actions.resume(state, now));
  const request = parseInput(
    { subdomain: 'demo', startTime: 1_700_000_000, streams: ['tickets', 'users'] },
    { now: NOW / 1000, accounts: ['demo'] },
  );
  become(prepare(state, { request, searchAttributes: false }, now));
  refuse('users');
  refuse('tickets');
  land('users');
  expect(sent).toEqual([
    'preparation blocked',
    'preparation unblocked',
    'users blocked',
    'tickets blocked',
    'users unblocked',
  ]);
});

test('what keeps every stream from going on has one notice, until the stream that it named continues', () => {
  refuse('users', unauthorized('a1'));
  refuse('tickets', unauthorized('b2'));
  become(lookAgain(state, 'tickets'));
  refuse('tickets', unauthorized('c3'));
  expect(sent).toEqual(['users blocked']);
  land('users');
  expect(sent).toEqual(['users blocked', 'tickets blocked', 'users unblocked']);
  land('tickets');
  expect(sent.slice(3)).toEqual(['tickets unblocked']);
});

test.each([
  ['removed', actions.removeStream],
  ['paused', (to: ExportState, name: StreamName, at: number) => actions.pause(to, at, name)],
])('a stream that was %s while it was blocked silences no other', (_how, act) => {
  refuse('users', unauthorized('a1'));
  become(act(state, 'users', now));
  refuse('tickets', unauthorized('b2'));
  expect(sent).toEqual(['users blocked', 'tickets blocked']);
});

test('an export that has ended tells no more of blocks', () => {
  become(block(fail(state, problem), ask('tickets'), problem, now));
  expect(sent).toEqual([]);
});
