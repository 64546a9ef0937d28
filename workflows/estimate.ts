import { secondOf, type ResetTarget } from '../src/contract/position';
import type { StreamRequest } from '../src/contract/request';
import { HOLD_BACK_SECONDS } from '../src/contract/time';
import { secondsLeft, secondsRead, type Range } from './ranges';
import { densityOf, isCaughtUp, unfinished, type StreamState } from './streamState';

/**
 * How much of the records from this epoch's start to now (or to `endTime`) has been read.
 * @param now Unix milliseconds
 * @returns 0 to 1
 */
export function partRead(stream: StreamState, request: StreamRequest, now: number): number {
  const { epochRecords, seenUpTo, coverage } = stream;
  if (isCaughtUp(stream)) return 1;
  if (epochRecords === 0) return seenUpTo > (coverage.from ?? 0) ? 1 : 0;
  return epochRecords / (epochRecords + recordsLeft(stream, request, now));
}

/**
 * Records per second since this poll's reading began; waits for quota are a part of it.
 * @param until the end of the wait that is under way, or now
 */
export function speedOf({ poll }: StreamState, until: number): number | null {
  const speed = rawSpeed(poll, until);
  return speed === null ? null : Math.round(speed * 10) / 10;
}

/**
 * Seconds until everything is read, by the speed so far, of which waits are a part.
 * @param until the end of the wait that is under way, or now
 */
export function secondsLeftOf(
  stream: StreamState,
  request: StreamRequest,
  until: number,
  now: number,
): number | null {
  const speed = rawSpeed(stream.poll, until);
  if (isCaughtUp(stream)) return 0;
  return speed === null ? null : Math.round(recordsLeft(stream, request, now) / speed);
}

function rawSpeed({ startedAt, idleMs, records }: StreamState['poll'], until: number): number | null {
  const seconds = (until - startedAt - idleMs) / 1000;
  return records === 0 || seconds <= 0 ? null : records / seconds;
}

/** What is to come counts as dense as its range so far; where the stream was seen to have ended, nothing is to come. */
function recordsLeft(stream: StreamState, request: StreamRequest, now: number): number {
  const { seenUpTo } = stream;
  const left = (range: Range): number => {
    const seen = range.until === null ? { ...range, watermark: Math.max(range.watermark, seenUpTo) } : range;
    const read = secondsRead(seen);
    const density = read > 0 ? range.records / read : densityOf(stream);
    return density * secondsLeft(seen, request, Math.floor(now / 1000));
  };
  return unfinished(stream).reduce((sum, range) => sum + left(range), 0);
}

/**
 * Pages from a place to now (or to `endTime`), if records lie there as densely as where they have been read. Null while
 * none have, or for a cursor that cannot be read.
 * @param now Unix milliseconds
 */
export function pagesFrom(
  stream: StreamState,
  request: StreamRequest,
  target: ResetTarget,
  now: number,
): number | null {
  const { read } = stream;
  const from = secondOf(target);
  if (read.seconds === 0 || read.from === null || from === null) return null;
  const end = Math.min(request.endTime ?? Infinity, Math.floor(now / 1000) - HOLD_BACK_SECONDS);
  // From the very beginning, where nothing lies before the first record.
  const seconds = Math.max(0, end - (from === 0 ? read.from : from));
  return Math.max(1, Math.ceil((seconds * densityOf(stream)) / request.perPage));
}
