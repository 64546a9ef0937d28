import { hasCursor, mostPerPage, type StreamRequest } from '../src/contract/request';
import type { PageKey, PageRequest, PageResult, Position } from '../src/contract/page';
import type { Problem } from '../src/contract/status';
import { passes, watermarkAt } from '../src/contract/position';
import { nextPosition, nextWatermark } from './position';
import { HOLD_BACK_SECONDS } from '../src/contract/time';
import type { StreamName } from '../src/streams';

/**
 * A stretch of time that is read page after page from its beginning to its end. The ranges of an export lie one after the
 * other, without a gap; the last is open, and continues to the end of the stream. Times are Unix seconds.
 */
export interface Range {
  /** Unique within an epoch. */
  readonly id: number;
  /** The number of its next page, unique within an epoch: asked for again, a page keeps its number. */
  readonly page: number;
  readonly position: Position;
  /** Every version of this range that was generated before it is in the destination. */
  readonly watermark: number;
  /** The last second of the range; null while it is the open one. */
  readonly until: number | null;
  /** The last page written, whose boundary the next one needs. */
  readonly previous: PageKey | null;
  /** Smaller than asked for while Zendesk cannot put larger pages together. */
  readonly perPage: number;
  readonly pagesAtThisSize: number;
  /** Where its records begin (null before the first), and how many were read since. */
  readonly from: number | null;
  readonly records: number;
  /** Records a second on its last page, or where it was split off. */
  readonly density: number;
  /** Why attempts of its next page fail; null while they do not. */
  readonly trouble: Problem | null;
}

export function rangeFrom(
  { id, page }: Pick<Range, 'id' | 'page'>,
  position: Position,
  until: number | null,
  { perPage }: Pick<StreamRequest, 'perPage'>,
  density = 0,
): Range {
  const watermark = watermarkAt(position);
  return {
    id,
    page,
    position,
    watermark,
    until,
    previous: null,
    perPage,
    pagesAtThisSize: 0,
    from: null,
    records: 0,
    density,
    trouble: null,
  };
}

/** The last second to be read; undefined for the end of the stream. */
export function untilOf(range: Range, { endTime }: Pick<StreamRequest, 'endTime'>): number | undefined {
  return range.until ?? endTime;
}

/** After this many pages of a reduced size the size is doubled again. */
const PAGES_BEFORE_GROWTH = 5;

/**
 * The range after a page was written, or found not to be (`pinned`).
 * @param nextPage the number of the page that follows
 */
export function advanceRange(
  range: Range,
  asked: Pick<PageRequest, 'key' | 'position' | 'perPage'>,
  page: PageResult,
  { request, nextPage }: { readonly request: StreamRequest; readonly nextPage: number },
): Range {
  const watermark = nextWatermark(range.watermark, asked.position, page, request);
  const fresh = page.pinned ? 0 : page.received - page.repeated;
  const moved: Range = {
    ...range,
    page: nextPage,
    position: nextPosition(asked.position, page, {
      endpoint: request.endpoint,
      hasCursor: request.hasCursor,
      isOrdered: request.isOrdered,
      perPage: asked.perPage,
      watermark: range.watermark,
    }),
    watermark,
    // What was not written has no checkpoint, and an empty page leaves the boundary as it was.
    previous: page.pinned || page.received === 0 ? range.previous : asked.key,
    ...growPage(range, request.perPage),
    from: range.from ?? page.first,
    records: range.records + fresh,
    trouble: null,
    density: fresh === 0 || page.first === null ? range.density : fresh / Math.max(1, watermark - page.first),
  };
  const until = untilOf(range, request);
  return until !== undefined && passesEnd(range, page, request)
    ? { ...moved, ...endAt(until, range, asked.key, request) }
    : moved;
}

/** Whether a page reaches beyond the end of its range. */
export function passesEnd(range: Range, page: PageResult, request: StreamRequest): boolean {
  const until = untilOf(range, request);
  return until !== undefined && !page.pinned && passes(page, until, request.isOrdered);
}

/** What lies after the end was not written, so a later run must start there and not where the page ended. */
function endAt(
  end: number,
  { position, watermark, previous }: Range,
  key: PageKey,
  { endpoint }: StreamRequest,
): Pick<Range, 'position' | 'watermark' | 'previous'> {
  // The place was beyond it already, by a reset or from a run with a later end.
  if (end < watermark) return { position, watermark, previous };
  return { position: { endpoint, startTime: end }, watermark: end, previous: key };
}

/** @param most as many as the operator wants */
export function growPage(
  { perPage, pagesAtThisSize }: Range,
  most: number,
): Pick<Range, 'perPage' | 'pagesAtThisSize'> {
  if (perPage >= most) return { perPage, pagesAtThisSize: 0 };
  if (pagesAtThisSize + 1 < PAGES_BEFORE_GROWTH) return { perPage, pagesAtThisSize: pagesAtThisSize + 1 };
  return { perPage: Math.min(most, perPage * 2), pagesAtThisSize: 0 };
}

/** What a page is to its range. */
export type Outcome = 'goesOn' | 'passed' | 'ended';

/**
 * The ranges after one of them received a page. `goesOn`: it is replaced. `passed`: it is dropped if it is bounded.
 * `ended`: the stream ended inside it, so it becomes the open range, and the later ones, which are empty, are dropped.
 */
export function withRange(ranges: readonly Range[], range: Range, outcome: Outcome): readonly Range[] {
  const index = ranges.findIndex(({ id }) => id === range.id);
  const [earlier, later] = [ranges.slice(0, index), ranges.slice(index + 1)];
  if (outcome === 'ended') return [...earlier, { ...range, until: null }];
  return outcome === 'passed' && range.until !== null
    ? [...earlier, ...later]
    : [...earlier, range, ...later];
}

/** Zendesk could not put a page of this size together: the same place again, with half of it. */
export function halveRange(range: Range, stream: StreamName): Range {
  const { position } = range;
  const most = mostPerPage(stream, position) ?? range.perPage;
  const perPage = Math.max(1, Math.floor(Math.min(range.perPage, most) / 2));
  // The time endpoint may answer a whole second however little is asked for; the cursor endpoint never does.
  const byCursor = perPage === 1 && hasCursor(stream) && position.endpoint === 'time';
  return {
    ...range,
    position: byCursor ? { endpoint: 'cursor', startTime: position.startTime } : position,
    perPage,
    pagesAtThisSize: 0,
  };
}

/** A part of fewer pages is not worth the unused page that is read beyond its end. */
const LEAST_PAGES = 3;

/**
 * Hands the later part of a range on to a reader that has nothing to do, if the range is the one that seems to have most
 * left. How dense the records lie is not known beforehand: as dense as on the last page is the best guess, and a wrong one
 * costs a page, after which it is known better. To be called when a page of the range has just been written, so that none
 * with the old end is under way.
 * @param next the numbers that the next range gets; `now`: Unix seconds
 * @param reading the ranges with pages left to be read: time behind the last record is nothing to read
 * @returns the range and the part handed on, or the range alone
 */
export function split(
  range: Range,
  reading: readonly Range[],
  {
    next,
    request,
    now,
  }: {
    readonly next: Pick<Range, 'id' | 'page'>;
    readonly request: StreamRequest;
    readonly now: number;
  },
): readonly Range[] {
  const pagesLeft = (other: Range): number =>
    (secondsLeft(other, request, now) * other.density) / request.perPage;
  const pages = pagesLeft(range);
  if (pages < 2 * LEAST_PAGES || reading.some((other) => pagesLeft(other) > pages)) return [range];
  const startTime = Math.ceil(range.watermark + secondsLeft(range, request, now) * nearPart(pages));
  if (startTime <= range.watermark + 1) return [range];
  const later = rangeFrom(
    next,
    { endpoint: request.endpoint, startTime },
    range.until,
    request,
    range.density,
  );
  return [{ ...range, until: startTime - 1 }, later];
}

/**
 * How much of the time is kept: half of it if the records went on like this; but the more pages that would be, the more
 * likely is it that they don't, and then the later part is empty. In between lies little waste in either case.
 */
function nearPart(pages: number): number {
  return 0.5 * (pages / (2 * LEAST_PAGES)) ** -0.25;
}

export function secondsRead({ from, watermark }: Range): number {
  return from === null ? 0 : Math.max(0, watermark - from);
}

/** @param now Unix seconds */
export function secondsLeft(range: Range, request: StreamRequest, now: number): number {
  const end = Math.min(untilOf(range, request) ?? Infinity, now - HOLD_BACK_SECONDS);
  return Math.max(0, end - range.watermark);
}
