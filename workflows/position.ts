import type { ExportRequest } from '../src/contract/input';
import type { PageSummary, Position } from '../src/contract/page';
import type { ResetTarget } from './messages';

/**
 * Where the next page starts: always what the server said, never a ticket's own time, never a second added.
 *
 * In time mode a second that holds more tickets than a page ("pinned") is read through the cursor endpoint, whose order
 * has no ties; back in time mode the page's last second comes again, as after every time based page.
 */
export function nextPosition(
  position: Position,
  page: PageSummary,
  { pagination, perPage }: { readonly pagination: ExportRequest['pagination']; readonly perPage: number },
): Position {
  if (page.pinned && 'startTime' in position) return { endpoint: 'cursor', startTime: position.startTime };
  if (position.endpoint === 'time')
    return { endpoint: 'time', startTime: Math.max(position.startTime, page.endTime ?? 0) };
  if (pagination === 'time' && page.last !== null && hasLeftPinnedSeconds(page, perPage)) {
    return { endpoint: 'time', startTime: page.last };
  }
  return page.afterCursor === null ? position : { endpoint: 'cursor', cursor: page.afterCursor };
}

/**
 * True when time mode can go on from the last second of a cursor page: that second began on this page, so that nothing
 * of it is forgotten, and fills less than half of it, so that it is unlikely to be pinned again.
 */
function hasLeftPinnedSeconds({ first, last, onLastSecond }: PageSummary, perPage: number): boolean {
  return first !== last && onLastSecond < perPage / 2;
}

/** The position an operator asked for. */
export function positionOf(target: ResetTarget, pagination: ExportRequest['pagination']): Position {
  return 'cursor' in target ? { endpoint: 'cursor', ...target } : { endpoint: pagination, ...target };
}

/**
 * The watermark after a page: every version generated before it is in the destination. Epoch seconds.
 * An empty page keeps it: its `end_time` may be null.
 */
export function nextWatermark(watermark: number, position: Position, page: PageSummary): number {
  const reached = position.endpoint === 'time' && !page.pinned ? page.endTime : page.last;
  return Math.max(watermark, reached ?? 0);
}

/** A cursor as people can read it: base64 of `<generated_timestamp>.0||<ticket id>|`. Null when it is something else. */
export function readCursor(cursor: string): string | null {
  const text = decodeBase64(cursor);
  return /^\d+(\.\d+)?\|\|\d+\|$/.test(text) ? text : null;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

// The workflow sandbox has neither Buffer nor atob.
function decodeBase64(text: string): string {
  let bits = '';
  for (const character of text.replace(/=+$/, '')) {
    const index = BASE64.indexOf(character);
    if (index === -1) return '';
    bits += index.toString(2).padStart(6, '0');
  }
  return (bits.match(/.{8}/g) ?? []).map((byte) => String.fromCharCode(Number.parseInt(byte, 2))).join('');
}
