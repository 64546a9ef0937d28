import type { ResetTarget } from './messages';
import { densityOf, isCaughtUp, type Progress } from './progress';
import { placeOf } from './position';
import { ticketsLeft } from './ranges';
import { HOLD_BACK_SECONDS } from './time';

/**
 * How much of the tickets from this epoch's start to now (or to `endTime`) has been read; what is to come counts as dense
 * as its range so far.
 * @param now epoch milliseconds
 * @returns 0 to 1
 */
export function partRead(progress: Progress, now: number): number {
  if (isCaughtUp(progress)) return 1;
  const { began, ranges, request } = progress;
  if (began.tickets === 0) return 0;
  const circumstances = { density: densityOf(progress), request, now: Math.floor(now / 1000) };
  const left = ranges.reduce((sum, range) => sum + ticketsLeft(range, circumstances), 0);
  return began.tickets / (began.tickets + left);
}

/**
 * Tickets per second since this epoch's reading began; waits are a part of it.
 * @param until the end of the wait that is under way, or now
 */
export function speedOf({ began }: Progress, until: number): number | null {
  const seconds = (until - began.at) / 1000;
  return began.tickets === 0 || seconds <= 0 ? null : Math.round((began.tickets / seconds) * 10) / 10;
}

/**
 * Seconds until everything is read, by the speed so far, of which waits are a part.
 * @param until the end of the wait that is under way, or now
 */
export function secondsLeftOf(progress: Progress, until: number): number | null {
  const part = partRead(progress, until);
  return part === 0 ? null : Math.round(((until - progress.began.at) / 1000) * (1 / part - 1));
}

/**
 * Pages from a place to now (or to `endTime`), if tickets lie there as densely as where they have been read. Null while
 * none have, or for a cursor that cannot be read.
 * @param now epoch milliseconds
 */
export function pagesFrom(progress: Progress, target: ResetTarget, now: number): number | null {
  const { read, request } = progress;
  const from = 'cursor' in target ? placeOf(target.cursor)?.second : target.startTime;
  if (read.seconds === 0 || read.from === null || from === undefined) return null;
  const end = Math.min(request.endTime ?? Infinity, Math.floor(now / 1000) - HOLD_BACK_SECONDS);
  // From the very beginning, where nothing lies before the first ticket.
  const seconds = Math.max(0, end - (from === 0 ? read.from : from));
  return Math.max(1, Math.ceil((seconds * densityOf(progress)) / request.perPage));
}
