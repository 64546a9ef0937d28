import type { Account } from './account';
import { placeOf } from './timeline';

/** A place in the order of (generated_timestamp, id): the page starts after it. */
export interface CursorPlace {
  readonly second: number;
  readonly id: number;
}

export interface CursorPage {
  readonly ids: number[];
  /** `null` only when the very first request finds nothing (§ after_cursor). */
  readonly afterCursor: string | null;
  readonly endOfStream: boolean;
}

/** The recorded form of a cursor: base64 of `<generated_timestamp>.0||<ticket id>|`. */
export function encodeCursor({ second, id }: CursorPlace): string {
  return Buffer.from(`${second}.0||${id}|`).toString('base64');
}

/** The place a cursor stands for, or `undefined` when it is not a cursor of this simulator. */
export function decodeCursor(cursor: string): CursorPlace | undefined {
  const match = /^(\d{1,10})\.0\|\|(\d{1,7})\|$/.exec(Buffer.from(cursor, 'base64').toString('latin1'));
  return match === null ? undefined : { second: Number(match[1]), id: Number(match[2]) };
}

/** One page of the cursor-based export: ordered by (generated_timestamp, id), never more than `perPage` records. */
export function cursorPage(
  account: Account,
  request: {
    /** Unix second (inclusive) or the place after which to go on. */
    from: number | CursorPlace;
    perPage: number;
    lastSecond: number;
    accepts: (id: number) => boolean;
  },
): CursorPage {
  const { from, perPage } = request;
  const ids: number[] = [];
  let last = typeof from === 'number' ? undefined : from;
  let more = false;
  const start = typeof from === 'number' ? placeOf(from, 0) : placeOf(from.second, from.id) + 1;
  account.scan(start, request.lastSecond, (second, id) => {
    if (!request.accepts(id)) return true;
    if (ids.length === perPage) {
      more = true;
      return false;
    }
    ids.push(id);
    last = { second, id };
    return true;
  });
  return { ids, afterCursor: last === undefined ? null : encodeCursor(last), endOfStream: !more };
}
