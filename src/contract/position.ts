import type { Endpoint } from '../streams/stream';
import type { PageResult, Position } from './page';
import { isUnixSeconds } from './time';

/** A place as operators name it. */
export type ResetTarget = { readonly startTime: number } | { readonly cursor: string };

/** The position an operator asked for. */
export function positionOf(target: ResetTarget, endpoint: Endpoint): Position {
  return 'cursor' in target ? { endpoint: 'cursor', ...target } : { endpoint, ...target };
}

/** A position as `resetCursor` takes it, so that it can be pasted back; null for a list, which takes none. */
export function targetOf(position: Position): ResetTarget | null {
  if (position.endpoint === 'list') return null;
  return 'cursor' in position ? { cursor: position.cursor } : { startTime: position.startTime };
}

/** The watermark before the first page from a position; 0 for a cursor that cannot be read, and for a list. */
export function watermarkAt(position: Position): number {
  const second = secondOf(position) ?? 0;
  return isUnixSeconds(second) ? second : 0;
}

/** The second a place stands for; null for a cursor that cannot be read, and for a list. Of a cursor it may be impossible. */
export function secondOf(place: ResetTarget | Position): number | null {
  if ('sweep' in place) return null;
  return 'cursor' in place ? (placeOfCursor(place.cursor)?.second ?? null) : place.startTime;
}

/** True when a page reaches beyond the second `until`, so that nothing of it is missing. */
export function passes(
  { last, endTime }: Pick<PageResult, 'last' | 'endTime'>,
  until: number,
  isOrdered: boolean,
): boolean {
  return Math.max(isOrdered ? (last ?? 0) : 0, endTime ?? 0) > until;
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
export function placeOfCursor(cursor: string): { readonly second: number; readonly id: number } | null {
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
