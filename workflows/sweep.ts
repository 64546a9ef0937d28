import type { ListPosition, PageRequest, PageResult } from '../src/contract/page';
import { firstSeen } from './newFields';
import { pollFrom } from './poll';
import { growPage, rangeFrom, type Range } from './ranges';
import { newStream, type Beginning, type StreamState, type SweepState } from './streamState';

/*
 * A list is read whole, from its beginning to its end: a sweep. What a complete sweep has not seen is marked as deleted by the
 * destination, with the last page; one that is interrupted continues where it was, and until its end marks nothing.
 */

const NOTHING_FOUND = { records: 0, deleted: 0, quarantined: 0 } satisfies Partial<SweepState>;

/** Before the first page of a list. */
export function beginList(perPage: number, beginning: Beginning): StreamState {
  const { page, now } = beginning;
  const open = rangeFrom({ id: 0, page }, beginningOf(now), null, { perPage });
  return { ...newStream(open, 0, beginning), sweep: { sweptAt: null, ...NOTHING_FOUND } };
}

/** @param before the sweep before: no two of them have the same name, however soon one follows another */
function beginningOf(now: number, before = -1): ListPosition {
  return { endpoint: 'list', sweep: Math.max(Math.floor(now / 1000), before + 1), after: null };
}

/** Brent's cycle detection: one passed place is remembered, replaced at powers of two, so that a list that loops is noticed. */
function placeAfter({ pages = 0, passed, ...position }: ListPosition, after: string | null): ListPosition {
  const isPowerOfTwo = (pages & (pages - 1)) === 0;
  const kept = isPowerOfTwo ? position.after : passed;
  return {
    ...position,
    after,
    pages: pages + 1,
    ...(kept === null || kept === undefined ? {} : { passed: kept }),
  };
}

/** The next sweep, after one that came to its end. */
export function startSweep(stream: StreamState, now: number): StreamState {
  const startAgain = (range: Range): Range => ({
    ...range,
    position: beginningOf(now, sweepOf(range)),
    records: 0,
    trouble: null,
  });
  return {
    ...stream,
    isFollowing: true,
    ranges: stream.ranges.map(startAgain),
    poll: pollFrom({ from: 0, before: 0 }, now),
    sweep: stream.sweep && { ...stream.sweep, ...NOTHING_FOUND },
  };
}

function sweepOf({ position }: Range): number | undefined {
  return position.endpoint === 'list' ? position.sweep : undefined;
}

/** The sweep under way is given up for a new one, in a new epoch. */
export function restartSweep(stream: StreamState, { epoch, page, now }: Beginning): StreamState {
  const started = startSweep(stream, now);
  return {
    ...started,
    epoch,
    isFollowing: false,
    blocked: null,
    unavailable: null,
    ranges: started.ranges.map((range) => ({ ...range, page })),
  };
}

/**
 * A page of a list was written.
 * @param perPage as many as the operator wants
 * @returns the stream, and the number of the page after those that it has numbered
 */
export function advanceSweep(
  stream: StreamState,
  asked: PageRequest,
  page: PageResult,
  { perPage, nextPage }: { readonly perPage: number; readonly nextPage: number },
): { readonly stream: StreamState; readonly nextPage: number } {
  const { totals, sweep, newFields, poll } = stream;
  const counted: StreamState = {
    ...stream,
    totals: {
      ...totals,
      repeated: totals.repeated + page.repeated,
      pages: totals.pages + 1,
      requests: totals.requests + page.requests,
    },
    newFields: [...newFields, ...firstSeen(newFields, page.newKeys)],
  };
  const { position } = asked;
  if (asked.key.epoch !== stream.epoch || sweep === null || position.endpoint !== 'list')
    return { stream: counted, nextPage };
  const found = {
    records: sweep.records + page.written,
    deleted: sweep.deleted + page.deleted,
    quarantined: sweep.quarantined + page.quarantined,
  };
  // Until a sweep has come to its end, what the one before has found is what is known.
  const isKnown = page.endOfStream || sweep.sweptAt === null;
  const advance = (range: Range): Range => ({
    ...range,
    page: nextPage,
    position: placeAfter(position, page.afterCursor),
    ...growPage(range, perPage),
    records: found.records,
    trouble: null,
  });
  const moved: StreamState = {
    ...counted,
    totals: isKnown ? { ...counted.totals, ...found } : counted.totals,
    ranges: stream.ranges.map(advance),
    poll: { ...poll, records: found.records, reachedEnd: page.endOfStream },
    sweep: { sweptAt: page.endOfStream ? Math.floor(poll.startedAt / 1000) : sweep.sweptAt, ...found },
  };
  return { stream: moved, nextPage: nextPage + 1 };
}
