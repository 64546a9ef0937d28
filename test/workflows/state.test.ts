import { parseInput } from '../../src/contract/input';
import type { PageRequest, PageResult } from '../../src/contract/page';
import { pageRequest } from '../../workflows/pageRequest';
import { startPoll } from '../../workflows/incremental';
import { earliest } from '../../workflows/streamState';
import { isUnavailable, missStream } from '../../workflows/unavailable';
import type { StreamName } from '../../src/streams';
import * as actions from '../../workflows/actions';
import { halveRange, type Range } from '../../workflows/ranges';
import { type ExportState, initialState, withStream } from '../../workflows/state';
import { statusOf } from '../../workflows/status';
import { nextStep } from '../../workflows/step';
import { always, progressOf, ticketsOf } from './states';
import { EMPTY_PAGE } from './emptyPage';
import { block } from '../../workflows/blocked';
import { landFields } from '../../workflows/customFields';
import { endPage, failAttempts, landPage, requestPage, shrinkPage } from '../../workflows/page';
import { prepare } from '../../workflows/preparation';

const NOW = 1_750_000_000_000;
const START = 1_700_000_000;
const AT = '2025-06-15T15:06:40Z';
const problem = { type: 'Forbidden', message: 'no', at: AT, since: AT, attempts: 1 };

function begun(input: Record<string, unknown> = {}): ExportState {
  const request = parseInput(
    { subdomain: 'demo', startTime: START, ...input },
    { now: NOW / 1000, accounts: ['demo'] },
  );
  const state = prepare(initialState(NOW), { request, searchAttributes: false }, NOW);
  return landFields(state, { asText: 0, problem: null }, NOW);
}

function rangeOf(state: ExportState, index: number): Range {
  const range = ticketsOf(state).ranges[index];
  if (range === undefined) throw new Error('no such range');
  return range;
}

/** Caught up, with the custom fields read again. */
function settled(state: ExportState): ExportState {
  return landFields(state, { asText: 0, problem: null }, NOW);
}

/** The request for the next page of the earliest range. */
function askFor(state: ExportState): PageRequest {
  const progress = progressOf(state);
  return pageRequest(progress, 'tickets', earliest(ticketsOf(state)), 'first');
}

/** The state after that page could not be put together. */
function halved(state: ExportState): ExportState {
  const asked = askFor(state);
  return endPage(shrinkPage(requestPage(state, asked, NOW, always), asked, problem, NOW), asked);
}

/** The state after a page with one ticket. */
function after(state: ExportState, page: Partial<PageResult>): ExportState {
  const one = { received: 1, written: 1, onLastSecond: 1, first: START + 5, last: START + 5 };
  const asked = askFor(state);
  const summary = { ...EMPTY_PAGE, ...one, endTime: START + 5, ...page };
  const landed = landPage(requestPage(state, asked, NOW, always), asked, summary, NOW, always);
  return endPage(landed, asked);
}

test('survives JSON, as continue-as-new asks', () => {
  const state = after(begun({ endTime: START + 100, follow: { everySeconds: 60 } }), {});
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
});

test('reads as fast as its tickets and time say, however close together pages land', () => {
  const later = { first: START + 6, last: START + 6, endTime: START + 6 };
  const state = after(after(begun(), {}), later);
  expect(statusOf(state, NOW + 10_000)).toMatchObject({ tickets: 2, ticketsPerSecond: 0.2 });
});

describe('the next step', () => {
  test('is to prepare, then page after page', () => {
    expect(nextStep(initialState(NOW), NOW).kind).toBe('prepare');
    expect(nextStep(begun(), NOW).kind).toBe('exportPage');
  });

  test('is nothing while paused or blocked', () => {
    expect(nextStep(actions.pause(begun(), NOW), NOW).kind).toBe('paused');
    expect(nextStep(block(begun(), askFor(begun()), problem, NOW), NOW).kind).toBe('blocked');
  });

  test('ends at the end of the stream, and not before', () => {
    expect(nextStep(after(begun(), {}), NOW).kind).toBe('exportPage');
    expect(nextStep(settled(after(begun(), { endOfStream: true })), NOW).kind).toBe('end');
  });

  test('waits for the next poll from the beginning of the last', () => {
    const state = settled(after(begun({ follow: { everySeconds: 90 } }), { endOfStream: true }));
    expect(nextStep(state, NOW + 10_000)).toEqual({ kind: 'wait', until: NOW + 90_000, reason: 'poll' });
    expect(nextStep(state, NOW + 90_000).kind).toBe('poll');
  });
});

describe('the page that holds the boundary', () => {
  test('is the last that was written', () => {
    const { previous } = earliest(ticketsOf(after(begun(), {})));
    expect(previous).toEqual({ exportId: 'first', epoch: 0, page: 1 });
  });

  test.each([
    ['pinned', { pinned: true, endTime: START }],
    ['empty', { received: 0, written: 0, first: null, last: null, endTime: null, endOfStream: true }],
  ])('stays while a page is %s', (_, page) => {
    const written = after(begun(), {});
    expect(earliest(ticketsOf(after(written, page))).previous).toEqual(earliest(ticketsOf(written)).previous);
  });

  test('is kept where the export stops at its endTime', () => {
    const state = after(begun({ endTime: START + 3 }), {});
    expect(earliest(ticketsOf(state))).toMatchObject({
      position: { endpoint: 'time', startTime: START + 3 },
      watermark: START + 3,
      previous: { page: 1 },
    });
  });

  test('and the place stay where they are beyond the endTime', () => {
    const state = actions.reset(begun({ endTime: START + 3 }), 'tickets', { startTime: START + 4 }, NOW);
    expect(ticketsOf(after(state, {}))).toMatchObject({
      ranges: [
        { position: { endpoint: 'time', startTime: START + 4 }, watermark: START + 4, previous: null },
      ],
      poll: { reachedEnd: true },
    });
  });

  test('is forgotten by a reset', () => {
    const state = actions.reset(after(begun(), {}), 'tickets', { startTime: START }, NOW);
    expect(ticketsOf(state)).toMatchObject({
      epoch: 1,
      ranges: [{ previous: null, page: 3, watermark: START }],
    });
  });
});

describe('a page too heavy', () => {
  test('is asked for again in halves from the same position', () => {
    let state = begun({ perPage: 9 });
    const sizes = [];
    for (let round = 0; round < 4; round += 1) {
      state = halved(state);
      sizes.push(earliest(ticketsOf(state)).perPage);
    }
    expect(sizes).toEqual([4, 2, 1, 1]);
    expect(earliest(ticketsOf(state)).position).toEqual({ endpoint: 'cursor', startTime: START });
    expect(earliest(ticketsOf(halved(begun()))).position).toEqual({
      endpoint: 'time',
      startTime: START,
    });
  });

  test('of a cursor whose pages are small is asked for again with half of what it can hold', () => {
    const state = begun({ streams: ['ticket_metric_events'] });
    const progress = progressOf(state);
    const stream = progress.streams.ticket_metric_events;
    if (stream === undefined) throw new Error('not exported');
    const range = { ...earliest(stream), position: { endpoint: 'cursor', cursor: 'c' } as const };
    const [first, second] = [
      halveRange(range, 'ticket_metric_events'),
      halveRange(earliest(stream), 'ticket_metric_events'),
    ];
    expect([range.perPage, first.perPage, second.perPage]).toEqual([1000, 50, 500]);
  });

  test('grows back after some pages', () => {
    let state = halved(begun({ perPage: 9 }));
    const sizes = [];
    for (let page = 0; page < 12; page += 1) {
      state = after(state, { endTime: START + 10 + page });
      sizes.push(earliest(ticketsOf(state)).perPage);
    }
    expect(sizes).toEqual([4, 4, 4, 4, 8, 8, 8, 8, 8, 9, 9, 9]);
  });

  test('costs quota', () => {
    const state = halved(begun({ requestsPerMinute: 1 }));
    expect(nextStep(state, NOW)).toMatchObject({ kind: 'wait', reason: 'quota' });
  });
});

test('remembers the last ten actions and refusals only', () => {
  let state = begun();
  for (let round = 0; round < 20; round += 1) {
    state = actions.resume(actions.pause(state, NOW), NOW);
    state = actions.rejectSignal(state, 'resetCursor', 'no', NOW);
  }
  expect([state.actions.length, state.rejectedSignals.length]).toEqual([10, 10]);
});

test('a reset tries again what was blocked, and leaves a pause as it is', () => {
  const waiting = block(actions.pause(begun(), NOW), askFor(begun()), problem, NOW);
  const moved = actions.reset(waiting, 'tickets', { startTime: 0 }, NOW);
  expect(moved.paused).toBe(true);
  expect(ticketsOf(moved).blocked).toBeNull();
});

test('a page of before a reset counts, and moves nothing', () => {
  const before = begun();
  const asked = askFor(before);
  const page = ticketsOf(after(before, {}));
  expect(earliest(page).position).toEqual({ endpoint: 'time', startTime: START + 5 });
  const moved = actions.reset(before, 'tickets', { startTime: 7 }, NOW);
  const summary: Partial<PageResult> = { written: 3, endTime: START + 99 };
  const landed = landPage(moved, asked, { ...EMPTY_PAGE, ...summary }, NOW, always);
  expect(ticketsOf(landed)).toMatchObject({
    ranges: [{ position: { startTime: 7 }, watermark: 7, previous: null, page: 2 }],
    totals: { records: 3 },
  });
});

test('the end of the stream counts once it was asked for when no other range was left', () => {
  let state = after(begun({ ranges: 2, perPage: 1 }), {});
  const [bounded, open] = ticketsOf(state).ranges;
  if (typeof bounded?.until !== 'number' || open === undefined) throw new Error('not split');
  const ask = (range: Range): PageRequest => {
    const asked = pageRequest(progressOf(state), 'tickets', range, 'first');
    state = requestPage(state, asked, NOW, always);
    return asked;
  };
  const land = (asked: PageRequest, page: Partial<PageResult>): void => {
    const landed = landPage(state, asked, { ...EMPTY_PAGE, received: 1, ...page }, NOW, always);
    state = settled(endPage(landed, asked));
  };
  const atTheEnd = { last: open.watermark, endTime: open.watermark, endOfStream: true };
  const first = ask(open);
  land(ask(bounded), { last: bounded.until + 1 });
  land(first, atTheEnd);
  const again = nextStep(state, NOW);
  if (again.kind !== 'exportPage') throw new Error(again.kind);
  land(ask(again.range), atTheEnd);
  expect(nextStep(state, NOW)).toEqual({ kind: 'end' });
});

test('tells what is wrong for as long as it is blocked, also while pages of other ranges land', () => {
  let state = after(begun({ ranges: 2, perPage: 1 }), {});
  const asked = askFor(state);
  const other = pageRequest(progressOf(state), 'tickets', rangeOf(state, 1), 'first');
  state = block(requestPage(state, asked, NOW, always), other, problem, NOW);
  state = landPage(state, asked, { ...EMPTY_PAGE, received: 1, endTime: START + 6 }, NOW, always);
  expect(ticketsOf(state)).toMatchObject({ blocked: problem, lastError: problem });
  expect(ticketsOf(actions.resume(state, NOW)).blocked).toBeNull();
});

describe('of several streams', () => {
  const MINUTE = 60_000;

  /** Plays the decisions of an hour in which every poll brings one page. @returns how many pages of each stream were asked for */
  function hourOf(before: ExportState): Record<string, number> {
    const asked: Record<string, number> = {};
    let [state, now] = [before, NOW];
    while (now < NOW + 60 * MINUTE) {
      const step = nextStep(state, now);
      if (step.kind === 'wait') now = step.until;
      else if (step.kind === 'describeFields') state = landFields(state, { asText: 0, problem: null }, now);
      else if (step.kind === 'poll')
        state = {
          ...state,
          progress: withStream(progressOf(state), step.stream, (one) => startPoll(one, now)),
        };
      else if (step.kind === 'exportPage') {
        const page = pageRequest(step.progress, step.stream, step.range, 'x');
        asked[step.stream] = (asked[step.stream] ?? 0) + 1;
        const end = { received: 1, first: START + 5, last: START + 5, endTime: START + 5 };
        // The backfill of one stream has no end.
        const endOfStream = step.stream !== 'ticket_metric_events';
        state = landPage(
          requestPage(state, page, now, always),
          page,
          { ...EMPTY_PAGE, ...end, endOfStream },
          now,
          always,
        );
        state = endPage(state, page);
      } else throw new Error(step.kind);
    }
    return asked;
  }

  test('none starves, however short the quota is', () => {
    const streams = ['tickets', 'organizations', 'ticket_events', 'ticket_metric_events'];
    const input = { streams, follow: { everySeconds: 60 }, requestsPerMinute: 1 };
    const asked = hourOf(settled(begun(input)));
    for (const stream of streams) expect(asked[stream]).toBeGreaterThan(8);
  });

  test('changes come first where there is quota for them, and what is read for the first time gets the rest', () => {
    const streams = ['tickets', 'organizations', 'ticket_metric_events'];
    const asked = hourOf(settled(begun({ streams, follow: { everySeconds: 60 }, requestsPerMinute: 10 })));
    expect(asked['tickets']).toBeGreaterThan(55);
    expect(asked['organizations']).toBeGreaterThan(55);
    expect(asked['ticket_metric_events']).toBeGreaterThan(420);
  });

  const refusal = (state: ExportState, stream: StreamName): PageRequest => {
    const progress = progressOf(state);
    const [range] = progress.streams[stream]?.ranges ?? [];
    if (range === undefined) throw new Error('no such stream');
    return pageRequest(progress, stream, range, 'x');
  };

  test('one that an account lacks holds up nothing, unless nothing else is left', () => {
    let state = settled(begun({ streams: ['users', 'organizations'] }));
    const asked = refusal(state, 'users');
    expect(isUnavailable(state, asked, problem)).toBe(true);
    expect(isUnavailable(state, { ...asked, previous: asked.key }, problem)).toBe(false);
    state = missStream(state, asked, problem, NOW);
    expect(statusOf(state, NOW).streams.users?.state).toBe('unavailable');
    expect(isUnavailable(state, refusal(state, 'organizations'), problem)).toBe(false);
    state = block(state, refusal(state, 'organizations'), problem, NOW);
    expect(statusOf(state, NOW)).toMatchObject({ state: 'blocked', lastError: { type: 'Forbidden' } });
  });

  test('one that is blocked does not block the whole as long as another continues, or waits for its poll', () => {
    const follow = { everySeconds: 3600 };
    const begunTwo = settled(begun({ streams: ['tickets', 'organizations'], follow }));
    const held = block(begunTwo, refusal(begunTwo, 'organizations'), problem, NOW);
    expect(statusOf(held, NOW).state).toBe('running');
    const caughtUp = after(held, { endOfStream: true });
    expect(statusOf(settled(caughtUp), NOW)).toMatchObject({
      state: 'waiting',
      waitingFor: expect.stringMatching(/^a new attempt after Forbidden at /) as unknown,
      streams: { organizations: { state: 'blocked' }, tickets: { state: 'waiting' } },
    });
  });

  test('one that is resumed is asked at once, once, and none that counts against another limit', () => {
    const both = settled(begun({ streams: ['tickets', 'groups'] }));
    const resumed = actions.resume(both, NOW, 'groups');
    const groups = refusal(resumed, 'groups');
    expect([askFor(resumed).atOnce, groups.atOnce]).toEqual([undefined, true]);
    expect(refusal(requestPage(resumed, groups, NOW, always), 'groups').atOnce).toBeUndefined();
    const all = actions.resume(both, NOW);
    expect([askFor(all).atOnce, refusal(all, 'groups').atOnce]).toEqual([true, true]);
  });

  test('lists, of which one is asked at a time, wait for their turn', () => {
    const state = settled(begun({ streams: ['groups', 'brands'] }));
    const groups = refusal(state, 'groups');
    const states = (one: ExportState): unknown[] =>
      Object.values(statusOf(one, NOW).streams).map((stream) => stream.state);
    const asked = requestPage(state, groups, NOW, always);
    expect(states(asked)).toEqual(['running', 'waiting']);
    const landed = endPage(
      landPage(asked, groups, { ...EMPTY_PAGE, endOfStream: true }, NOW, always),
      groups,
    );
    expect(states(requestPage(landed, refusal(landed, 'brands'), NOW, always))).toEqual([
      'completed',
      'running',
    ]);
  });

  test('a list that keeps failing holds up no other', () => {
    const begins = settled(begun({ streams: ['groups', 'brands', 'macros'] }));
    const groups = refusal(begins, 'groups');
    const failure = { problem, passes: true, retryAfterMs: undefined };
    const failed = endPage(
      failAttempts(requestPage(begins, groups, NOW, always), groups, failure, NOW),
      groups,
    );
    const again = requestPage(failed, refusal(failed, 'groups'), NOW, always);
    expect(nextStep(again, NOW)).toMatchObject({ kind: 'exportPage', stream: 'brands' });
    expect(nextStep(requestPage(again, refusal(again, 'brands'), NOW, always), NOW).kind).toBe('underway');
    // Runs of before the patch.
    const old = requestPage(failed, refusal(failed, 'groups'), NOW, () => false);
    expect(nextStep(old, NOW).kind).toBe('underway');
  });
});
