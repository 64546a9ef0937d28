import { placeOfCursor } from '../contract/position';
import type { Rereading } from '../contract/verification';
import { SETTLED_SECONDS } from '../contract/time';

/** A page of the log, and what it says. Times are Unix seconds. */
export interface ReadPage {
  readonly exportId: string;
  readonly epoch: number;
  readonly page: number;
  readonly range: number;
  /** The end of its range, inclusive; null for the open one. */
  readonly until: number | null;
  readonly writtenAt: number;
  readonly endOfStream: boolean;
  readonly endTime: number | null;
  readonly afterCursor: string | null;
  readonly last: number | null;
  readonly endpoint: Rereading['endpoint'];
  /** Whether what the system alone has changed was left out. */
  readonly byUpdate: boolean;
}

/** `updated_at` and `generated_timestamp` of one version were seen to be some seconds apart. */
const LAG_SECONDS = 60;

/**
 * Up to when the destination has every version, by the pages that were written last.
 * @param pages the newest first
 * @returns null where no page says so
 */
export function watermarkOf(pages: readonly ReadPage[]): number | null {
  const [newest] = pages;
  if (newest === undefined) return null;
  const own = ofNewest(pages);
  const lastOfRanges = new Map<number, ReadPage>();
  for (const page of own) {
    const other = lastOfRanges.get(page.range);
    if (other === undefined || page.page > other.page) lastOfRanges.set(page.range, page);
  }
  const ranges = [...lastOfRanges.values()].map((page) => ({ ...page, reached: reachedBy(page) }));
  const isOver = ({ until, reached, endOfStream }: (typeof ranges)[number]): boolean =>
    until !== null && (endOfStream || (reached ?? 0) > until);
  // A range that has come to its end holds up nothing; where all have, that is as far as the export was to go.
  const open = ranges.filter((range) => !isOver(range)).map(({ reached }) => reached);
  const ends = ranges.map(({ until, reached }) => Math.min(until ?? Infinity, reached ?? Infinity));
  const least = open.length === 0 ? Math.max(...ends) : leastOf(open);
  return least === null ? null : least - LAG_SECONDS;
}

/** The endpoint of the export that wrote last: by time, a second of many is read by cursor, too. */
export function endpointOf(pages: readonly ReadPage[]): Rereading['endpoint'] {
  return ofNewest(pages).some(({ endpoint }) => endpoint === 'time') ? 'time' : 'cursor';
}

function ofNewest(pages: readonly ReadPage[]): readonly ReadPage[] {
  const [newest] = pages;
  return pages.filter(({ exportId, epoch }) => exportId === newest?.exportId && epoch === newest.epoch);
}

/** Null where one of them is. */
function leastOf(seconds: readonly (number | null)[]): number | null {
  const known = seconds.filter((second) => second !== null);
  return known.length < seconds.length ? null : Math.min(...known);
}

function reachedBy({ endTime, afterCursor, last, endOfStream, writtenAt }: ReadPage): number | null {
  const place =
    endTime ?? (afterCursor === null ? null : (placeOfCursor(afterCursor)?.second ?? null)) ?? last;
  const settled = endOfStream ? writtenAt - SETTLED_SECONDS : null;
  return place === null || settled === null ? (place ?? settled) : Math.max(place, settled);
}
