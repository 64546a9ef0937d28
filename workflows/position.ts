import type { StreamRequest } from '../src/contract/request';
import type { PageResult, Position } from '../src/contract/page';

/**
 * Where the next page starts: always what the server said, never a record's own time, never a second added.
 *
 * In time mode a second that holds more records than a page ("pinned") is read through the cursor endpoint, whose order
 * has no ties, where there is one; back in time mode the page's last second comes again, as after every time based page.
 */
export function nextPosition(
  position: Position,
  page: PageResult,
  { endpoint, hasCursor, isOrdered, perPage, watermark }: AskedFor,
): Position {
  if (position.endpoint === 'time') {
    // Without an end_time at the end of the stream, its documented meaning: the newest time on the page.
    const startTime = Math.max(position.startTime, page.endTime ?? page.last ?? 0);
    const isPinned = hasCursor && (page.pinned || wouldRepeat(page, perPage));
    return { endpoint: isPinned ? 'cursor' : 'time', startTime };
  }
  // Back to time mode from a second that began on this page, so that nothing of it is forgotten, and that fills less
  // than half of it, so that it is unlikely to be pinned again.
  const { last, onLastSecond } = page;
  // Without an order, what lies before the first of them has come, and no more is known.
  const reached = isOrdered ? last : page.first;
  if (endpoint === 'time' && reached !== null && reached > watermark && onLastSecond < perPage / 2)
    return { endpoint: 'time', startTime: reached };
  if (page.afterCursor !== null) return { endpoint: 'cursor', cursor: page.afterCursor };
  return last === null ? position : { endpoint: 'cursor', startTime: Math.max(last, watermark) };
}

/** True for a full page wholly inside the second where the next one would start: time mode would bring it again. */
function wouldRepeat({ endOfStream, received, endTime, first }: PageResult, perPage: number): boolean {
  return !endOfStream && received >= perPage && endTime !== null && endTime === first;
}

interface AskedFor extends Pick<StreamRequest, 'endpoint' | 'hasCursor' | 'isOrdered'> {
  /** The size that was asked for. */
  readonly perPage: number;
  /** Before the page. */
  readonly watermark: number;
}

/**
 * The watermark after a page: every version generated before it is in the destination. Unix seconds.
 * An empty page keeps it: its `end_time` may be null.
 */
export function nextWatermark(
  watermark: number,
  position: Position,
  page: PageResult,
  { isOrdered }: Pick<StreamRequest, 'isOrdered'>,
): number {
  const last = isOrdered ? page.last : page.first;
  const reached = position.endpoint === 'time' ? (page.endTime ?? last) : last;
  return Math.max(watermark, reached ?? 0);
}
