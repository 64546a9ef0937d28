import type { PageRequest, PageResult, Position } from '../src/contract/page';
import { positionOf, secondOf, type ResetTarget } from '../src/contract/position';
import type { StreamRequest, Continued } from '../src/contract/request';
import type { Counts } from '../src/contract/status';
import { SETTLED_SECONDS } from '../src/contract/time';
import { begunAt, coverageFrom, movedTo, type Coverage } from './coverage';
import { firstSeen } from './newFields';
import { nextBounds, pollFrom } from './poll';
import {
  advanceRange,
  passesEnd,
  rangeFrom,
  secondsRead,
  split,
  withRange,
  type Outcome,
  type Range,
} from './ranges';
import { newStream, unfinished, watermarkOf, type Beginning, type StreamState } from './streamState';

// How a stream of changes is read; lists are read by `sweep.ts`.

/** Before the first page, whose number is `page`. */
export function beginStream(
  { startTime, continued }: { readonly startTime: number; readonly continued: Continued | undefined },
  request: StreamRequest,
  { epoch, page, now }: Beginning,
): StreamState {
  const start: Position = { endpoint: request.endpoint, startTime };
  const {
    position,
    previous = null,
    watermark = 0,
    polledFrom,
    settling,
    leftOut,
    newFields = [],
  } = continued ?? { position: start };
  const open = { ...rangeFrom({ id: 0, page }, position, null, request), previous };
  const from = Math.max(open.watermark, watermark);
  return {
    ...newStream(open, from, { epoch, page, now }),
    poll: pollFrom({ from: settling ?? from, before: polledFrom ?? from }, now),
    coverage: coverageFrom(from, leftOut),
    newFields,
  };
}

interface Landing {
  readonly request: StreamRequest;
  readonly nextPage: number;
  readonly askedAt: number;
  readonly now: number;
}

/**
 * A page was written, or found not to be (`pinned`). Of an epoch that a reset has ended, only its records count.
 * @returns the stream, and the number of the page after those that it has numbered
 */
export function advanceStream(
  stream: StreamState,
  asked: PageRequest,
  page: PageResult,
  { request, nextPage, askedAt, now }: Landing,
): { readonly stream: StreamState; readonly nextPage: number } {
  const counted: StreamState = {
    ...stream,
    totals: addUp(stream.totals, page),
    newFields: [...stream.newFields, ...firstSeen(stream.newFields, page.newKeys)],
  };
  const before = stream.ranges.find(({ id }) => id === asked.range);
  if (asked.key.epoch !== stream.epoch || before === undefined) return { stream: counted, nextPage };

  const range = advanceRange(before, asked, page, { request, nextPage });
  const outcome = passesEnd(before, page, request) ? 'passed' : page.endOfStream ? 'ended' : 'goesOn';
  const ranges = withRange(stream.ranges, range, outcome);
  const records = range.records - before.records;
  const reachedEnd = hasReachedEnd(stream, request, { ranges, range, outcome });
  const { poll, read } = stream;
  const moved: StreamState = {
    ...counted,
    ranges,
    poll: { ...poll, reachedEnd, records: poll.records + records },
    seenUpTo: reachedEnd && ranges.length === 1 ? seenUpTo(stream, request, page, askedAt) : stream.seenUpTo,
    coverage: coverageAfter(stream, request, page),
    epochRecords: stream.epochRecords + records,
    read: {
      records: read.records + records,
      seconds: read.seconds + secondsRead(range) - secondsRead(before),
      from: range.from === null ? read.from : Math.min(range.from, read.from ?? Infinity),
    },
  };
  const numbered = { stream: moved, nextPage: nextPage + 1 };
  return outcome === 'goesOn' ? shareOut(numbered, range, request, now) : numbered;
}

/**
 * A record that changes while several ranges are read moves to the end of the stream, possibly after the open range has
 * been there. So an end counts only if the page that saw it was asked for when no other range was left. Reaching `endTime`
 * is always enough: nothing later is wanted.
 */
function hasReachedEnd(
  { poll }: StreamState,
  { endTime = Infinity }: StreamRequest,
  { ranges, range, outcome }: { ranges: readonly Range[]; range: Range; outcome: Outcome },
): boolean {
  const open = ranges.at(-1);
  const reached = poll.reachedEnd || (outcome !== 'goesOn' && open?.id === range.id);
  return reached && (ranges.length > 1 || poll.askedAlone || (open?.watermark ?? 0) >= endTime);
}

/** @param askedAt when the page that saw the end was asked for */
function seenUpTo(
  { seenUpTo }: StreamState,
  { endTime = Infinity }: StreamRequest,
  page: PageResult,
  askedAt: number,
): number {
  if (!page.endOfStream) return seenUpTo;
  return Math.max(seenUpTo, Math.min(Math.floor(askedAt / 1000) - SETTLED_SECONDS, endTime));
}

/** The first page after a reset to a cursor that nobody can read says where that was. */
function coverageAfter(
  { coverage }: StreamState,
  { endTime }: StreamRequest,
  { first }: PageResult,
): Coverage {
  return coverage.from === null && first !== null ? begunAt(coverage, first, endTime) : coverage;
}

/** A reader that has nothing to do takes over a part of the range that has most left. */
function shareOut(
  { stream, nextPage }: ReturnType<typeof advanceStream>,
  range: Range,
  request: StreamRequest,
  now: number,
): ReturnType<typeof advanceStream> {
  const reading = unfinished(stream);
  if (reading.length >= request.ranges) return { stream, nextPage };
  const next = { id: stream.nextRange, page: nextPage };
  const parts = split(range, reading, { next, request, now: Math.floor(now / 1000) });
  const added = parts.length - 1;
  const ranges = stream.ranges.flatMap((other) => (other.id === range.id ? parts : [other]));
  return {
    stream: { ...stream, ranges, nextRange: stream.nextRange + added },
    nextPage: nextPage + added,
  };
}

/** The next poll, after a catching up. */
export function startPoll(stream: StreamState, now: number): StreamState {
  const poll = pollFrom(nextBounds(stream.poll, watermarkOf(stream)), now);
  return { ...stream, poll, isFollowing: true };
}

/** Reading begins again at another place, in a new epoch. */
export function rewind(
  stream: StreamState,
  target: ResetTarget,
  request: StreamRequest,
  { epoch, page, now }: Beginning,
): StreamState {
  const { from, before } = stream.poll;
  const open = rangeFrom({ id: 0, page }, positionOf(target, request.endpoint), null, request);
  return {
    ...stream,
    epoch,
    blocked: null,
    unavailable: null,
    ranges: [open],
    nextRange: 1,
    isFollowing: false,
    // Below, all that it says has been exported is; above, that is to be read again, or left out.
    poll: pollFrom({ from: Math.min(from, open.watermark), before: Math.min(before, open.watermark) }, now),
    seenUpTo: 0,
    coverage: movedTo(stream.coverage, watermarkOf(stream), secondOf(target), request.endTime),
    epochRecords: 0,
  };
}

function addUp(totals: Counts, page: PageResult): Counts {
  return {
    records: totals.records + page.written,
    deleted: totals.deleted + page.deleted,
    repeated: totals.repeated + page.repeated,
    quarantined: totals.quarantined + page.quarantined,
    pages: totals.pages + 1,
    requests: totals.requests + page.requests,
  };
}
