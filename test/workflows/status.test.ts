import { parseInput } from '../../src/contract/input';
import type { PageRequest, PageResult } from '../../src/contract/page';
import type { Problem, Status } from '../../src/contract/status';
import { renderDetails } from '../../workflows/details';
import type { StreamName } from '../../src/streams';
import type { Failure } from '../../workflows/failure';
import { pageRequest } from '../../workflows/pageRequest';
import * as actions from '../../workflows/actions';
import { end, type ExportState, fail, initialState, isoOf, withStream } from '../../workflows/state';
import { statusOf } from '../../workflows/status';
import { nextStep } from '../../workflows/step';
import { iso } from '../../src/contract/time';
import type { Range } from '../../workflows/ranges';
import { startPoll } from '../../workflows/incremental';
import { always, progressOf, ticketsOf } from './states';
import { EMPTY_PAGE } from './emptyPage';
import { block, lookAgain } from '../../workflows/blocked';
import { landFields } from '../../workflows/customFields';
import { endPage, failAttempts, landPage, requestPage } from '../../workflows/page';
import { prepare } from '../../workflows/preparation';
import { missStream } from '../../workflows/unavailable';

const NOW = 1_750_000_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = 1_700_000_000;

function begun(input: Record<string, unknown> = {}, lastResult?: unknown): ExportState {
  const request = parseInput(
    { subdomain: 'demo', startTime: START, requestsPerMinute: 1000, ...input },
    { now: NOW / 1000, accounts: ['demo'], lastResult },
  );
  const ready = prepare(initialState(NOW), { request, searchAttributes: false }, NOW);
  return landFields(ready, { asText: 0, problem: null }, NOW);
}

/** The next page is asked for. */
function ask(state: ExportState, now: number): { readonly state: ExportState; readonly asked: PageRequest } {
  const step = nextStep(state, now);
  if (step.kind !== 'exportPage') throw new Error(`the next step is ${step.kind}`);
  const asked = pageRequest(step.progress, 'tickets', step.range, 'first');
  return { state: requestPage(state, asked, now, always), asked };
}

/** A page with tickets up to a second is asked for, and lands a second later. */
function page(before: ExportState, now: number, more: Partial<PageResult> = {}): ExportState {
  const { state, asked } = ask(before, now);
  const second = START + 5;
  const tickets = {
    received: 100,
    written: 100,
    onLastSecond: 1,
    first: second,
    last: second,
    endTime: second,
  };
  const summary = { ...EMPTY_PAGE, ...tickets, ...more };
  const landed = endPage(landPage(state, asked, summary, now + 1000, always), asked);
  // What readers get besides is read once more after the first catching up.
  return summary.endOfStream ? landFields(landed, { asText: 0, problem: null }, now + 1000) : landed;
}

const LAST = { endOfStream: true } as const;

function problem(type: string, now: number, attempts = 1): Problem {
  const at = isoOf(now);
  return { type, message: `${type}, said so`, at, since: at, attempts };
}

/** The next page is asked for, and attempts of it fail. */
function failing(before: ExportState, asks: number, fails: number, more: Partial<Failure> = {}): ExportState {
  const { state, asked } = ask(before, asks);
  const failure = {
    problem: problem('ZendeskUnavailable', fails, 3),
    passes: true,
    retryAfterMs: undefined,
    ...more,
  };
  return endPage(failAttempts(state, asked, failure, fails), asked);
}

/** The next page is asked for, and refused. */
function refused(before: ExportState, now: number, type = 'Forbidden'): ExportState {
  const { state, asked } = ask(before, now);
  return endPage(block(state, asked, problem(type, now), now), asked);
}

function textOf(status: Status): string {
  return renderDetails(status, iso(NOW / 1000));
}

describe('a caught-up export', () => {
  const caughtUp = (input = {}): ExportState =>
    page(begun({ follow: { everySeconds: 300 }, ...input }), NOW, LAST);

  test('is up to date as of the request that saw the end, and its position is still the newest ticket', () => {
    const status = statusOf(caughtUp(), NOW + MINUTE);
    expect(status).toMatchObject({
      state: 'waiting',
      watermark: iso(NOW / 1000 - 300),
      lagSeconds: 360,
      percent: 100,
      position: { startTime: START + 5 },
    });
  });

  test('stays so while it polls, with no speed that falls, and no end in sight', () => {
    const polling = pollAt(caughtUp(), NOW + 5 * MINUTE);
    for (const state of [caughtUp(), polling, ask(polling, NOW + 5 * MINUTE).state]) {
      expect(statusOf(state, NOW + 5 * MINUTE)).toMatchObject({
        lagSeconds: 600,
        percent: expect.closeTo(100, 0) as unknown,
        ticketsPerSecond: null,
      });
    }
    expect(statusOf(page(polling, NOW + 5 * MINUTE, LAST), NOW + 6 * MINUTE).lagSeconds).toBe(360);
  });

  test('is followed by a run that starts at its position, not at its watermark', () => {
    const result = statusOf(page(begun(), NOW, LAST), NOW + 1000);
    expect(result.state).toBe('completed');
    const next = begun({}, JSON.parse(JSON.stringify(result)));
    expect(pageRequest(progressOf(next), 'tickets', rangeOf(next), 'x').position).toMatchObject({
      startTime: START + 5,
    });
    expect(statusOf(next, NOW)).toMatchObject({ watermark: result.watermark, lagSeconds: 300 });
  });

  test('with an endTime is not said to be further than that', () => {
    const soon = NOW / 1000 - 700;
    const status = statusOf(page(begun({ endTime: soon }), NOW, LAST), NOW + 1000);
    expect(status).toMatchObject({ state: 'completed', watermark: iso(soon) });
  });

  test('that waits for its endTime to pass polls until that has been seen', () => {
    const input = { endTime: NOW / 1000 - 100, follow: { everySeconds: 300 } };
    const first = page(begun(input), NOW, LAST);
    expect(nextStep(first, NOW + 1000)).toMatchObject({ kind: 'wait', reason: 'poll' });
    const second = page(pollAt(first, NOW + 6 * MINUTE), NOW + 6 * MINUTE, LAST);
    expect(nextStep(second, NOW + 6 * MINUTE)).toEqual({ kind: 'end' });
  });
});

describe('attempts that fail', () => {
  test('are shown with what, since when and how often, until a page lands', () => {
    const first = failing(begun(), NOW, NOW + 7000);
    const later = failing(first, NOW + 8000, NOW + MINUTE, {
      problem: problem('DestinationUnavailable', NOW + MINUTE, 6),
    });
    const status = statusOf(later, NOW + 2 * MINUTE);
    expect(status).toMatchObject({
      state: 'running',
      etaSeconds: null,
      lastError: {
        type: 'DestinationUnavailable',
        since: isoOf(NOW),
        at: isoOf(NOW + MINUTE),
        attempts: 6,
      },
    });
    expect(textOf(status).split('\n')[2]).toBe(
      '- **DestinationUnavailable** (since 2025-06-15T15:06:40Z, 6 attempts by 2025-06-15T15:07:40Z): DestinationUnavailable, said so',
    );
    expect(statusOf(page(later, NOW + HOUR), NOW + HOUR).lastError).toBeNull();
  });

  test('and end in a block have lasted since the first of them, for those who look at the block as well', () => {
    const blockAt = (before: ExportState, asks: number, at: number, attempts: number): ExportState => {
      const { state, asked } = ask(before, asks);
      return endPage(block(state, asked, problem('RequestRefused', at, attempts), at), asked);
    };
    const since = isoOf(NOW);
    const atOnce = blockAt(begun(), NOW, NOW + 4000, 3);
    expect(statusOf(atOnce, NOW + 5000).lastError).toMatchObject({ since, attempts: 3 });
    const first = failing(begun(), NOW, NOW + 4000);
    const later = blockAt(first, NOW + 4000, NOW + 4 * MINUTE, 9);
    const at = isoOf(NOW + 4 * MINUTE);
    expect(statusOf(later, NOW + 5 * MINUTE).lastError).toMatchObject({ since, at, attempts: 9 });
    const again = blockAt(lookAgain(later, 'tickets'), NOW + 5 * MINUTE, NOW + 5 * MINUTE, 10);
    expect(statusOf(again, NOW + 6 * MINUTE).lastError).toMatchObject({ since, attempts: 10 });
  });

  test('are counted on by the next activity for the same page', () => {
    const state = failing(begun(), NOW, NOW + 7000);
    const before = ask(begun(), NOW).asked;
    const { asked } = ask(state, NOW + 7000);
    expect(asked).toEqual({ ...before, failedBefore: 3 });
    expect(ask(actions.resume(state, NOW), NOW + 7000).asked).toEqual({ ...before, atOnce: true });
  });

  test('survive a new run, and end with a reset', () => {
    const state = failing(begun(), NOW, NOW + 7000);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(statusOf(actions.reset(state, 'tickets', { startTime: START }, NOW), NOW).lastError).toBeNull();
  });

  test('of the preparation are shown as well', () => {
    const failure = {
      problem: problem('ZendeskUnavailable', NOW + 7000, 3),
      passes: true,
      retryAfterMs: undefined,
    };
    const first = failAttempts(initialState(NOW), null, failure, NOW + 7000);
    const again = { ...failure, problem: problem('ZendeskUnavailable', NOW + MINUTE, 6) };
    const later = failAttempts(first, null, again, NOW + MINUTE);
    expect(nextStep(later, NOW + MINUTE)).toEqual({ kind: 'prepare' });
    expect(statusOf(later, NOW + MINUTE, 'demo')).toMatchObject({
      state: 'starting',
      subdomain: 'demo',
      lastError: { type: 'ZendeskUnavailable', since: isoOf(NOW + 7000), attempts: 6 },
    });
  });

  test('because Zendesk asks for an hour of peace wait that hour, unless an operator resumes', () => {
    const state = failing(begun(), NOW, NOW + 1000, {
      problem: problem('Throttled', NOW + 1000),
      retryAfterMs: HOUR,
    });
    const until = NOW + 1000 + HOUR;
    expect(statusOf(state, NOW + 2000)).toMatchObject({
      state: 'waiting',
      waitingFor: `Zendesk, which takes no request before ${isoOf(until)}`,
      lastError: { type: 'Throttled' },
    });
    for (const next of [state, actions.reset(state, 'tickets', { startTime: 0 }, NOW)]) {
      expect(nextStep(next, until - 1)).toEqual({ kind: 'wait', until, reason: 'zendesk' });
      expect(nextStep(next, until).kind).toBe('exportPage');
    }
    expect(nextStep(actions.resume(state, NOW), NOW + 2000).kind).toBe('exportPage');
  });
});

describe('a blocked export', () => {
  test('says what blocks, since when, and when it looks again', () => {
    const state = refused(begun(), NOW);
    expect(nextStep(state, NOW)).toEqual({ kind: 'blocked', until: NOW + MINUTE });
    const status = statusOf(state, NOW + 1000);
    expect(status).toMatchObject({
      state: 'blocked',
      lastError: { type: 'Forbidden', since: isoOf(NOW) },
      waitingFor: `resume, once this is fixed: Forbidden; looks again by itself at ${isoOf(NOW + MINUTE)}`,
      ticketsPerSecond: null,
      etaSeconds: null,
    });
    expect(textOf(status).split('\n')[2]).toMatch(/^- \*\*Forbidden\*\* \(2025-06-15T15:06:40Z\): /);
  });

  test('tries the refused page again, and stays blocked as long as that is refused', () => {
    let state = refused(begun(), NOW);
    let now = NOW;
    for (let look = 0; look < 5; look += 1) {
      const step = nextStep(state, now);
      if (step.kind !== 'blocked') throw new Error(step.kind);
      now = step.until;
      expect(nextStep(state, now)).toEqual({ kind: 'lookAgain', stream: 'tickets' });
      state = lookAgain(state, 'tickets');
      expect(statusOf(state, now).state).toBe('blocked');
      expect(statusOf(ask(state, now).state, now)).toMatchObject({
        state: 'blocked',
        waitingFor: 'a new attempt after Forbidden',
      });
      state = refused(state, now);
    }
    expect(statusOf(state, now).lastError).toMatchObject({ since: isoOf(NOW) });
    expect(ticketsOf(state).ranges).toHaveLength(1);
  });

  test('continues once that page lands, and does not count the time of it as reading', () => {
    const state = lookAgain(refused(page(begun(), NOW), NOW + 2000), 'tickets');
    const landed = page(state, NOW + HOUR, { first: START + 6, last: START + 6, endTime: START + 6 });
    expect(statusOf(landed, NOW + HOUR + 1000)).toMatchObject({ state: 'running', lastError: null });
    const { ticketsPerSecond } = statusOf(landed, NOW + HOUR + 8000);
    expect(ticketsPerSecond).toBeGreaterThan(15);
  });

  test('looks with the page that was refused, and no other range is read meanwhile', () => {
    const split = page(begun({ ranges: 3, perPage: 1 }), NOW);
    const [first, second] = ticketsOf(split).ranges;
    if (first === undefined || second === undefined) throw new Error('not split');
    const asked = pageRequest(progressOf(split), 'tickets', second, 'first');
    const blocked = block(split, asked, problem('Contradiction', NOW), NOW);
    const looking = lookAgain(blocked, 'tickets');
    const step = nextStep(looking, NOW + MINUTE);
    expect(step).toMatchObject({ kind: 'exportPage', range: { id: second.id } });
    const { state } = ask(looking, NOW + MINUTE);
    expect(nextStep(state, NOW + MINUTE)).toEqual({ kind: 'underway' });
  });

  test('that was refused before it was prepared prepares again', () => {
    const blocked = block(initialState(NOW), null, problem('Unauthorized', NOW), NOW);
    expect(nextStep(blocked, NOW + MINUTE)).toEqual({ kind: 'lookAgain', stream: null });
    expect(nextStep(lookAgain(blocked, null), NOW + MINUTE)).toEqual({ kind: 'prepare' });
    expect(statusOf(lookAgain(blocked, null), NOW + MINUTE).state).toBe('blocked');
  });

  test('tries at once after resume, as if for the first time', () => {
    const { state, asked } = ask(actions.resume(refused(begun(), NOW), NOW), NOW);
    expect(statusOf(state, NOW)).toMatchObject({ state: 'running', lastError: { type: 'Forbidden' } });
    expect(asked.failedBefore).toBeUndefined();
  });
});

describe('what is wrong with one of several streams', () => {
  const account = begun({ streams: ['tickets', 'users', 'organizations'] });
  const asked = (stream: StreamName): PageRequest => ({ ...ask(account, NOW).asked, stream });

  test('names it at the top and in the details', () => {
    const status = statusOf(block(account, asked('users'), problem('CrowdedSecond', NOW), NOW), NOW);
    expect(status.lastError).toMatchObject({ stream: 'users', type: 'CrowdedSecond' });
    expect(textOf(status)).toContain('- **CrowdedSecond** in users (2025-06-15T15:06:40Z): ');
  });

  test('names it also where it has ended the export', () => {
    const failed = fail(account, problem('Forbidden', NOW), 'users');
    expect(statusOf(failed, NOW).lastError).toMatchObject({ stream: 'users', type: 'Forbidden' });
    expect(statusOf(fail(begun(), problem('Forbidden', NOW), 'tickets'), NOW).lastError).toEqual(
      problem('Forbidden', NOW),
    );
  });

  test('is not at the top where the account lacks the stream, paused and ended as well', () => {
    const missed = missStream(account, asked('users'), problem('Forbidden', NOW), NOW);
    for (const state of [missed, actions.pause(missed, NOW), end(missed, 'cancelled')]) {
      expect(statusOf(state, NOW)).toMatchObject({
        lastError: null,
        streams: { users: { lastError: { type: 'Forbidden' } } },
      });
    }
  });
});

test('an export with a page under way waits for that page, whatever the other streams wait for', () => {
  const follow = { everySeconds: 300 };
  const input = { streams: ['tickets', 'users'], follow };
  const users = begun(input);
  const { asked } = ask(users, NOW);
  const caughtUp = page(users, NOW, LAST);
  const one = { ...asked, stream: 'users' as const };
  const state = requestPage(caughtUp, one, NOW, always);
  expect(nextStep(state, NOW + 2000)).toMatchObject({ kind: 'wait', reason: 'poll' });
  expect(statusOf(state, NOW + 2000)).toMatchObject({
    state: 'running',
    waitingFor: `page 1 of users, requested at ${isoOf(NOW)}`,
    streams: { tickets: { state: 'waiting' }, users: { state: 'running' } },
  });
  expect(statusOf(actions.pause(state, NOW), NOW).waitingFor).toBe('resume');
});

describe('a pause', () => {
  const reading = (): ExportState => page(begun(), NOW);

  test('of the whole lasts when one stream is resumed, paused or added, and the actions say so', () => {
    const account = begun({ streams: ['tickets', 'users'] });
    const all = actions.pause(account, NOW);
    const said = (state: ExportState): unknown => state.actions.at(-1);
    const resumed = actions.resume(all, NOW, 'users');
    expect(said(resumed)).toMatchObject({ action: 'resume', from: 'paused', to: 'paused' });
    expect(statusOf(resumed, NOW)).toMatchObject({
      state: 'paused',
      streams: { users: { state: 'paused' } },
    });
    expect(said(actions.addStream(all, 'brands', NOW))).toMatchObject({ from: 'absent', to: 'paused' });
    const both = actions.pause(all, NOW, 'users');
    expect(said(both)).toMatchObject({ action: 'pause', from: 'paused', to: 'paused' });
    expect(actions.pause(both, NOW, 'users')).toBe(both);
    const one = actions.pause(account, NOW, 'users');
    expect(said(actions.resume(one, NOW, 'users'))).toMatchObject({ from: 'paused', to: 'running' });
    expect(said(actions.resume(both, NOW))).toMatchObject({ from: 'paused', to: 'running' });
  });

  test('has no speed and no time left that change while it lasts', () => {
    const paused = actions.pause(reading(), NOW + 2000);
    for (const later of [NOW + 3000, NOW + HOUR]) {
      expect(statusOf(paused, later)).toMatchObject({ ticketsPerSecond: null, etaSeconds: null });
    }
  });

  test('does not count as reading afterwards', () => {
    const before = statusOf(reading(), NOW + 2000);
    const resumed = actions.resume(actions.pause(reading(), NOW + 2000), NOW + HOUR);
    expect(statusOf(resumed, NOW + HOUR).ticketsPerSecond).toBe(before.ticketsPerSecond);
  });
});

describe('a reset', () => {
  test('to the beginning is behind by nothing that could be shown', () => {
    const state = actions.reset(page(begun(), NOW), 'tickets', { startTime: 0 }, NOW);
    const status = statusOf(state, NOW);
    expect(status).toMatchObject({ lagSeconds: null, percent: 0, ticketsPerSecond: null });
    expect(textOf(status)).toContain('- Watermark: none yet, from the beginning');
    expect(textOf(status)).not.toMatch(/\d{4,} days/);
  });

  test('that goes ahead says what it leaves out, before, at once, in a new run, at the end and to the next one', () => {
    const target = { startTime: START + 1000 };
    const gap = { from: iso(START + 5), to: iso(START + 1000) };
    const before = page(begun(), NOW);
    expect(actions.resetMeans(before, 'tickets', target, NOW).leavesOut).toEqual(gap);
    const ahead = actions.reset(before, 'tickets', target, NOW);
    const later = { first: START + 2000, last: START + 2000, endTime: START + 2000, endOfStream: true };
    const ended = page(JSON.parse(JSON.stringify(ahead)) as ExportState, NOW, later);
    expect(statusOf(ended, NOW).state).toBe('completed');
    const next = begun({}, JSON.parse(JSON.stringify(statusOf(ended, NOW))));
    for (const state of [ahead, ended, next]) {
      expect(statusOf(state, NOW).leftOut).toEqual([gap]);
      expect(textOf(statusOf(state, NOW))).toContain(
        `- Left out by resetCursor: ${gap.from} to ${gap.to}; read it with \`{"startTime":"${gap.from}"}\``,
      );
    }
    expect(statusOf(actions.reset(ended, 'tickets', { startTime: START + 5 }, NOW), NOW).leftOut).toEqual([
      gap,
    ]);
    const read = page(actions.reset(ended, 'tickets', { startTime: START + 5 }, NOW), NOW, later);
    expect(statusOf(read, NOW).leftOut).toEqual([]);
  });

  test('of one of several streams is at the top until that has been read, whichever is furthest behind', () => {
    const streams = ['ticket_events', 'organizations'];
    const started = begun({ streams });
    const later = { startTime: START + 1000 };
    const ahead = actions.reset(started, 'ticket_events', later, NOW);
    const gap = { from: iso(START), to: iso(START + 1000) };
    const status = statusOf(ahead, NOW);
    expect(status).toMatchObject({ watermark: iso(START), streams: { ticket_events: { leftOut: [gap] } } });
    expect(status.leftOut).toEqual([{ stream: 'ticket_events', ...gap }]);
    expect(textOf(status)).toContain(
      `- Left out by resetCursor of ticket_events: ${gap.from} to ${gap.to}; read it with \`{"stream":"ticket_events","startTime":"${gap.from}"}\``,
    );
    const both = statusOf(actions.reset(ahead, 'organizations', later, NOW), NOW);
    expect(both.leftOut.map(({ stream }) => stream)).toEqual(streams);
  });

  test('that goes back leaves out nothing', () => {
    expect(actions.resetMeans(page(begun(), NOW), 'tickets', { startTime: START }, NOW).leavesOut).toBeNull();
  });
});

describe('an export that has ended otherwise', () => {
  test.each(['cancelled', 'failed'] as const)('is %s, whatever it did last', (how) => {
    const reading = page(begun(), NOW);
    const before = [
      initialState(NOW),
      reading,
      ask(reading, NOW).state,
      actions.pause(reading, NOW),
      refused(reading, NOW),
    ];
    for (const state of before) {
      expect(statusOf(end(state, how), NOW)).toMatchObject({
        state: how,
        waitingFor: null,
        ticketsPerSecond: null,
        etaSeconds: null,
      });
    }
  });

  test('has its failure in the status', () => {
    const failed = fail(begun(), problem('Forbidden', NOW));
    expect(statusOf(failed, NOW)).toMatchObject({ state: 'failed', lastError: { type: 'Forbidden' } });
  });
});

describe('the details', () => {
  test('count versions, and show what operators did so that it can be read and pasted back', () => {
    const state = actions.pause(actions.reset(page(begun(), NOW), 'tickets', { startTime: 0 }, NOW), NOW);
    const lines = textOf(statusOf(state, NOW)).split('\n');
    expect(lines).toContain('- Exported: **100** ticket versions on 1 pages');
    expect(lines).toContain(
      `- Operator, 2025-06-15T15:06:40Z: resetCursor from \`{"startTime":"${iso(START + 5)}"}\` to \`{"startTime":"1970-01-01T00:00:00Z"}\``,
    );
    expect(lines).toContain('- Operator, 2025-06-15T15:06:40Z: pause from running to paused');
    const cursor = { cursor: 'MTc5MDIwMTU1NS4wfHw0N3w=' };
    const byCursor = actions.reset(begun(), 'tickets', cursor, NOW);
    expect(textOf(statusOf(byCursor, NOW))).toContain(`to \`${JSON.stringify(cursor)}\``);
  });

  test('have a line for each of several streams, short enough for twenty of them', () => {
    const account = begun({ streams: 'all' });
    const lines = textOf(statusOf(account, NOW)).split('\n');
    expect(lines).toContain('- Exported: **0** versions of records on 0 pages');
    expect(lines).toContain(
      `- organizations: **running**, 0 %, 0 read, up to ${iso(START)}, ${Math.floor((NOW / 1000 - START) / 86_400)} days behind`,
    );
    const asked = { ...ask(account, NOW).asked, stream: 'users' as const };
    const message = 'x'.repeat(1000);
    const held = block(account, asked, { ...problem('Contradiction', NOW), message }, NOW);
    const [line = ''] = textOf(statusOf(held, NOW))
      .split('\n')
      .filter((text) => text.startsWith('- users:'));
    expect(line).toMatch(/\*\*blocked\*\*.*Contradiction: x+…$/);
    expect(line.length).toBeLessThan(300);
  });

  test('make no link, picture or tag of what somebody else wrote', () => {
    const { asked } = ask(begun(), NOW);
    const message = '![x](http://127.0.0.1/x) <img src=x>';
    const held = block(begun(), asked, { ...problem('Contradiction', NOW), message }, NOW);
    const text = textOf(statusOf(held, NOW));
    expect(text).toContain(String.raw`!\[x\](http://127.0.0.1/x) \<img src=x>`);
    expect(text).not.toMatch(/(?<!\\)[[<]/);
  });

  test('show as it is what only looks like a position', () => {
    const action = {
      action: 'resetCursor',
      stream: null,
      from: '{',
      to: '{"startTime":"x"}',
      at: iso(START),
    };
    expect(textOf(statusOf({ ...begun(), actions: [action] }, NOW))).toContain(
      'resetCursor from `{` to `{"startTime":"x"}`',
    );
  });
});

test('without a word of an earlier release about its polls, a run leaves out nothing that a person may have done', () => {
  const { polledFrom, ...status } = statusOf(page(begun(), NOW, LAST), NOW);
  const old = { ...status, streams: undefined };
  expect(polledFrom).toBe(iso(START));
  const next = begun({ excludeSystemUpdates: true }, JSON.parse(JSON.stringify(old)));
  expect(
    pageRequest(progressOf(next), 'tickets', rangeOf(next), 'x').excludeUpdatedBefore,
  ).toBeLessThanOrEqual(0);
});

function rangeOf(state: ExportState): Range {
  const [range] = ticketsOf(state).ranges;
  if (range === undefined) throw new Error('no range');
  return range;
}

function pollAt(state: ExportState, now: number): ExportState {
  const progress = withStream(progressOf(state), 'tickets', (stream) => startPoll(stream, now));
  return { ...state, progress };
}
