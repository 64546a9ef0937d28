import type { DataSet } from './dataSet';

/** What a time-based page is asked for. Times are Unix seconds. */
export interface TimePageRequest {
  readonly startTime: number;
  readonly perPage: number;
  /** The newest second that is no longer held back (§ the last minute). */
  readonly lastSecond: number;
  readonly accepts: (id: number) => boolean;
  readonly pinned: 'expand' | 'repeat';
  /** The largest group of one second that 'expand' answers in full; above it the page repeats. */
  readonly expandLimit: number;
}

export interface TimePage {
  readonly ids: number[];
  /** Unix seconds; `null` on an empty page. */
  readonly endTime: number | null;
  readonly endOfStream: boolean;
}

/**
 * One page of the time-based export, as recorded:
 * - `start_time` is inclusive and compared with the version;
 * - a page of several seconds ends after `perPage` records, often in the middle of its last second, and `end_time` is
 *   that second: the next page repeats it (§ mixed page);
 * - a page that would lie wholly inside one second grows to all of its records and `end_time` is the second after (§ page
 *   of one second); with 'repeat', or a group over the limit, it stays at `perPage` and `end_time` at that second,
 *   the dead loop that users report (§ pinned second).
 */
export function timePage(set: DataSet, request: TimePageRequest): TimePage {
  const { perPage } = request;
  const { ids, seconds, more } = readWholeSeconds(set, request);
  const first = seconds[0];
  if (first === undefined) return { ids: [], endTime: null, endOfStream: true };
  const last = seconds[seconds.length - 1] ?? first;
  const ordered = inServerOrder(ids, seconds);
  const pinned = ids.length >= perPage && first === last;
  if (pinned && request.pinned === 'expand' && ids.length <= request.expandLimit) {
    return { ids: ordered, endTime: first + 1, endOfStream: !more };
  }
  return { ids: ordered.slice(0, perPage), endTime: last, endOfStream: !more && ids.length <= perPage };
}

/** The rows from `startTime` on, up to the end of the second in which the page becomes full. */
function readWholeSeconds(
  set: DataSet,
  { startTime, perPage, lastSecond, accepts }: TimePageRequest,
): { ids: number[]; seconds: number[]; more: boolean } {
  const rows = { ids: [] as number[], seconds: [] as number[], more: false };
  set.scan({ second: startTime, id: 0 }, lastSecond, (second, id) => {
    if (!accepts(id)) return true;
    if (rows.ids.length >= perPage && second !== rows.seconds[rows.seconds.length - 1]) {
      rows.more = true;
      return false;
    }
    rows.ids.push(id);
    rows.seconds.push(second);
    return true;
  });
  return rows;
}

/**
 * Inside one second the order is not that of the ids (§ order). Here, every second starts in its middle and wraps around.
 */
function inServerOrder(ids: readonly number[], seconds: readonly number[]): number[] {
  const ordered: number[] = [];
  let start = 0;
  while (start < ids.length) {
    let end = start + 1;
    while (end < ids.length && seconds[end] === seconds[start]) end += 1;
    const middle = start + ((end - start) >> 1);
    for (let index = middle; index < end; index += 1) ordered.push(ids[index] ?? 0);
    for (let index = start; index < middle; index += 1) ordered.push(ids[index] ?? 0);
    start = end;
  }
  return ordered;
}
