import type { DataSet, Place } from './dataSet';

export interface CursorPage {
  readonly ids: number[];
  /** Where the next page starts; undefined only when the very first request finds nothing. */
  readonly after: Place | undefined;
  readonly endOfStream: boolean;
}

/** The recorded form of a cursor: base64 of `<version>.0||<id>|` (§ after_cursor). */
export function encodeCursor({ second, id }: Place): string {
  return Buffer.from(`${second}.0||${id}|`).toString('base64');
}

/** The place a cursor stands for, or `undefined` when it is not a cursor of this simulator. */
export function decodeCursor(cursor: string): Place | undefined {
  const match = /^(\d{1,10})\.0\|\|(\d{1,15})\|$/.exec(Buffer.from(cursor, 'base64').toString('latin1'));
  return match === null ? undefined : { second: Number(match[1]), id: Number(match[2]) };
}

/** A cursor of a list: the same place in a form of its own (§ metric events). */
export function encodeListCursor({ second, id }: Place): string {
  return Buffer.from(JSON.stringify({ o: 'time,id', v: [second, id] })).toString('base64url');
}

/** The place a cursor of a list stands for, or `undefined` when it is none. */
export function decodeListCursor(cursor: string): Place | undefined {
  const text = Buffer.from(cursor, 'base64url').toString();
  const match = /^\{"o":"time,id","v":\[(\d{1,10}),(\d{1,15})\]\}$/.exec(text);
  return match === null ? undefined : { second: Number(match[1]), id: Number(match[2]) };
}

/** One page by cursor: ordered by (version, id), never more than `perPage` records. */
export function cursorPage(
  set: DataSet,
  request: {
    /** Unix second (inclusive) or the place after which to go on. */
    from: number | Place;
    perPage: number;
    lastSecond: number;
    accepts: (id: number) => boolean;
  },
): CursorPage {
  const { from, perPage } = request;
  const ids: number[] = [];
  let after = typeof from === 'number' ? undefined : from;
  let more = false;
  const start = typeof from === 'number' ? { second: from, id: 0 } : from;
  set.scan(start, request.lastSecond, (second, id) => {
    if (!request.accepts(id)) return true;
    if (ids.length === perPage) {
      more = true;
      return false;
    }
    ids.push(id);
    after = { second, id };
    return true;
  });
  return { ids, after, endOfStream: !more };
}
