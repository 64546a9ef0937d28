import type { ExportRequest } from '../src/contract/input';
import type { PageSummary, Position } from '../src/contract/page';
import type { ResetTarget } from './messages';
import { isEpochSeconds } from '../src/contract/time';

/**
 * Where the next page starts: always what the server said, never a ticket's own time, never a second added.
 *
 * In time mode a second that holds more tickets than a page ("pinned") is read through the cursor endpoint, whose order
 * has no ties; back in time mode the page's last second comes again, as after every time based page.
 */
export function nextPosition(
  position: Position,
  page: PageSummary,
  { pagination, perPage, watermark }: Circumstances,
): Position {
  if (position.endpoint === 'time') {
    // Without an end_time at the end of the stream, its documented meaning: the newest time on the page.
    const startTime = Math.max(position.startTime, page.endTime ?? page.last ?? 0);
    return { endpoint: page.pinned || wouldRepeat(page, perPage) ? 'cursor' : 'time', startTime };
  }
  // Back to time mode from a second that began on this page, so that nothing of it is forgotten, and that fills less
  // than half of it, so that it is unlikely to be pinned again.
  const { last, onLastSecond } = page;
  if (pagination === 'time' && last !== null && last > watermark && onLastSecond < perPage / 2)
    return { endpoint: 'time', startTime: last };
  if (page.afterCursor !== null) return { endpoint: 'cursor', cursor: page.afterCursor };
  return last === null ? position : { endpoint: 'cursor', startTime: last };
}

/** True for a full page wholly inside the second where the next one would start: time mode would bring it again. */
function wouldRepeat({ endOfStream, received, endTime, first }: PageSummary, perPage: number): boolean {
  return !endOfStream && received >= perPage && endTime !== null && endTime === first;
}

export interface Circumstances {
  readonly pagination: ExportRequest['pagination'];
  /** The size that was asked for. */
  readonly perPage: number;
  /** Before the page. */
  readonly watermark: number;
}

/** The position an operator asked for. */
export function positionOf(target: ResetTarget, pagination: ExportRequest['pagination']): Position {
  return 'cursor' in target ? { endpoint: 'cursor', ...target } : { endpoint: pagination, ...target };
}

/** A position as `resetCursor` takes it, so that it can be pasted back. */
export function targetOf(position: Position): ResetTarget {
  return 'cursor' in position ? { cursor: position.cursor } : { startTime: position.startTime };
}

/**
 * The watermark after a page: every version generated before it is in the destination. Epoch seconds.
 * An empty page keeps it: its `end_time` may be null.
 */
export function nextWatermark(watermark: number, position: Position, page: PageSummary): number {
  const reached = position.endpoint === 'time' ? (page.endTime ?? page.last) : page.last;
  return Math.max(watermark, reached ?? 0);
}

/** The watermark before the first page from a position; 0 for a cursor that cannot be read. */
export function watermarkAt(position: Position): number {
  const second = secondOf(position) ?? 0;
  return isEpochSeconds(second) ? second : 0;
}

/** The second a position stands for; null for a cursor that cannot be read. Of a cursor it may be impossible. */
export function secondOf(position: Position): number | null {
  return 'cursor' in position ? (placeOf(position.cursor)?.second ?? null) : position.startTime;
}

/** True when a page reaches beyond the second `until`, so that nothing of it is missing. */
export function passes({ last, endTime }: Pick<PageSummary, 'last' | 'endTime'>, until: number): boolean {
  return Math.max(last ?? 0, endTime ?? 0) > until;
}

/** Zendesk's own cursors have some 30 characters of base64. One of any length would fill Temporal's history. */
export const LONGEST_CURSOR = 1024;

/** Whether a text can be a cursor: printable, without spaces. */
export function isCursor(text: string): boolean {
  return text.length <= LONGEST_CURSOR && /^[!-~]+$/.test(text);
}

/** A cursor as people can read it: base64 of `<generated_timestamp>.0||<ticket id>|`. Null when it is something else. */
export function readCursor(cursor: string): string | null {
  const text = decodeBase64(cursor);
  return RECORDED_CURSOR.test(text) ? text : null;
}

/** The place in the order of (generated_timestamp, id) that a cursor stands for; null when it is something else. */
export function placeOf(cursor: string): { readonly second: number; readonly id: number } | null {
  const [, second, id] = RECORDED_CURSOR.exec(decodeBase64(cursor)) ?? [];
  return second === undefined ? null : { second: Number(second), id: Number(id) };
}

const RECORDED_CURSOR = /^(\d+)(?:\.\d+)?\|\|(\d+)\|$/;

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
