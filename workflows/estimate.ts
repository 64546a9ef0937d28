import { densityOf, isCaughtUp, secondOf, unfinished, type Progress } from './progress';
import type { ResetTarget } from '../src/contract/position';
import { secondsLeft, secondsRead, type Range } from './ranges';
import { HOLD_BACK_SECONDS } from '../src/contract/time';

/**
 * How much of the tickets from this epoch's start to now (or to `endTime`) has been read.
 * @param now epoch milliseconds
 * @returns 0 to 1
 */
export function partRead(progress: Progress, now: number): number {
  const { epochTickets, seenUpTo, coverage } = progress;
  if (isCaughtUp(progress)) return 1;
  if (epochTickets === 0) return seenUpTo > (coverage.from ?? 0) ? 1 : 0;
  return epochTickets / (epochTickets + ticketsLeft(progress, now));
}

/**
 * Tickets per second since this poll's reading began; waits for quota are a part of it.
 * @param until the end of the wait that is under way, or now
 */
export function speedOf({ poll }: Progress, until: number): number | null {
  const speed = rawSpeed(poll, until);
  return speed === null ? null : Math.round(speed * 10) / 10;
}

/**
 * Seconds until everything is read, by the speed so far, of which waits are a part.
 * @param until the end of the wait that is under way, or now
 */
export function secondsLeftOf(progress: Progress, until: number, now: number): number | null {
  const speed = rawSpeed(progress.poll, until);
  if (isCaughtUp(progress)) return 0;
  return speed === null ? null : Math.round(ticketsLeft(progress, now) / speed);
}

function rawSpeed({ startedAt, idleMs, tickets }: Progress['poll'], until: number): number | null {
  const seconds = (until - startedAt - idleMs) / 1000;
  return tickets === 0 || seconds <= 0 ? null : tickets / seconds;
}

/** What is to come counts as dense as its range so far; where the stream was seen to have ended, nothing is to come. */
function ticketsLeft(progress: Progress, now: number): number {
  const { request, seenUpTo } = progress;
  const left = (range: Range): number => {
    const seen = range.until === null ? { ...range, watermark: Math.max(range.watermark, seenUpTo) } : range;
    const read = secondsRead(seen);
    const density = read > 0 ? range.tickets / read : densityOf(progress);
    return density * secondsLeft(seen, request, Math.floor(now / 1000));
  };
  return unfinished(progress).reduce((sum, range) => sum + left(range), 0);
}

/**
 * Pages from a place to now (or to `endTime`), if tickets lie there as densely as where they have been read. Null while
 * none have, or for a cursor that cannot be read.
 * @param now epoch milliseconds
 */
export function pagesFrom(progress: Progress, target: ResetTarget, now: number): number | null {
  const { read, request } = progress;
  const from = secondOf(target);
  if (read.seconds === 0 || read.from === null || from === null) return null;
  const end = Math.min(request.endTime ?? Infinity, Math.floor(now / 1000) - HOLD_BACK_SECONDS);
  // From the very beginning, where nothing lies before the first ticket.
  const seconds = Math.max(0, end - (from === 0 ? read.from : from));
  return Math.max(1, Math.ceil((seconds * densityOf(progress)) / request.perPage));
}
