import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { isCursor } from '../contract/position';
import type { Position } from '../contract/page';
import { JsonScanner } from './jsonScanner';
import type { RecordVersion, RejectedRecord } from '../streams/record';
import { sideloadTables, type Stream } from '../streams/stream';
import { recordReader } from './recordReader';

/** One page of either endpoint. Times are Unix seconds. */
export interface ParsedPage {
  readonly records: readonly RecordVersion[];
  /** Records without a usable id or version. */
  readonly rejected: readonly RejectedRecord[];
  /** Sideloads that have a table, by name, each object as its original JSON. */
  readonly sideloads: ReadonlyMap<string, readonly string[]>;
  /** Time based only; null on an empty page. */
  readonly endTime: number | null;
  /** Cursor based only; may be null when nothing was found. */
  readonly afterCursor: string | null;
  readonly endOfStream: boolean;
  /** Size of the body, in UTF-8. */
  readonly bytes: number;
}

/** What was asked for. */
export interface AskedPage {
  readonly stream: Stream;
  readonly position: Position;
  readonly perPage: number;
}

/** Thrown when a body is JSON but no export page. */
export class NotAPage extends Error {
  override readonly name = 'NotAPage';
}

/** What is read of the keys beside the records. Only values of the kinds that Zendesk documents are followed. */
const envelope = z.object({
  end_time: z.int().nonnegative().nullish(),
  after_cursor: z
    .string()
    // An empty one leads nowhere.
    .refine((cursor) => cursor === '' || isCursor(cursor))
    .nullish(),
  end_of_stream: z.boolean().nullish(),
  /** Only its `start_time` is ever used: it may name another host. */
  next_page: z.unknown().optional(),
  /** Its value says nothing about the end: only its presence is used. */
  count: z.unknown().optional(),
});
type Envelope = z.output<typeof envelope>;

/** All of them are in an answer of the years before `end_of_stream`. */
const OLD_KEYS = ['end_time', 'next_page', 'count'];

/**
 * Parses a page.
 * @param body UTF-8; invalid bytes become replacement characters
 * @returns records whose `json` are parts of one buffer, which is that of `body` if that is valid
 * @throws MalformedJson for a cut or broken body; NotAPage for other JSON
 */
export function parsePage(body: Buffer, { stream, position, perPage }: AskedPage): ParsedPage {
  const reader = recordReader(stream);
  const tables = new Set(sideloadTables(stream));
  const scanner = new JsonScanner(isUtf8(body) ? body : new TextEncoder().encode(body.toString('utf8')));
  let records: (RecordVersion | RejectedRecord)[] | undefined;
  const sideloads = new Map<string, string[]>();
  const head: Record<string, unknown> = {};
  const keys = new Set<string>();
  scanner.members((key) => {
    // Whichever of two lists of records was meant, taking one would lose the other.
    if (keys.has(key))
      throw new NotAPage(`the answer holds the key ${JSON.stringify(key.slice(0, 40))} twice`);
    keys.add(key);
    const isList = scanner.startsWith('[');
    if (key === stream.list && isList) records = scanner.list(() => reader.scan(scanner));
    else if (Object.hasOwn(envelope.shape, key)) head[key] = scanner.parsed();
    else if (tables.has(key))
      sideloads.set(key, isList ? scanner.list(() => scanner.raw()) : single(scanner.raw()));
    // Whatever else lies beside the records is skipped.
    else scanner.value();
  });
  scanner.end();
  if (records === undefined) throw new NotAPage(`the answer holds no list of ${stream.list}`);
  const parsed = envelope.safeParse(head);
  if (!parsed.success) {
    throw new NotAPage(`unreadable ${parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')}`);
  }
  const versions = records.filter((record) => record.kind === 'record');
  const byTime = position.endpoint === 'time';
  const endTime = byTime ? endTimeOf(parsed.data) : null;
  return {
    records: versions,
    rejected: records.filter((record) => record.kind === 'rejected'),
    sideloads,
    endTime,
    afterCursor: byTime ? null : parsed.data.after_cursor || null,
    bytes: body.length,
    endOfStream:
      parsed.data.end_of_stream ??
      (records.length < perPage && !advances(versions, endTime, position) && isOldEnd(keys, byTime)),
  };
}

/** A sideload that comes as one object in place of a list of them, or as nothing. */
function single(json: string): string[] {
  return json === 'null' ? [] : [json];
}

/** Where `end_time` is missing and the stream goes on, `next_page` holds the same second. */
function endTimeOf({
  end_time: endTime,
  end_of_stream: endOfStream,
  next_page: next,
}: Envelope): number | null {
  if (typeof endTime === 'number' || endOfStream === true || typeof next !== 'string') return endTime ?? null;
  const [, second] = /[?&]start_time=(\d{1,12})(?:&|$)/.exec(next) ?? [];
  return second === undefined ? null : Number(second);
}

/** Whether a page without `end_of_stream` brings something later than what was asked from. */
function advances(records: readonly RecordVersion[], endTime: number | null, position: Position): boolean {
  if (!('startTime' in position)) return records.length > 0;
  const times = [endTime ?? 0, ...records.map(({ version }) => version)];
  return times.some((time) => time > position.startTime);
}

/**
 * Bodies of 2019 have no `end_of_stream`: there a page that is not full and brings nothing later is the last. An answer
 * without their other keys is no such body, and must not end a stream: `{"tickets":[]}` says nothing at all.
 */
function isOldEnd(keys: ReadonlySet<string>, byTime: boolean): boolean {
  if (byTime && OLD_KEYS.every((key) => keys.has(key))) return true;
  throw new NotAPage('the answer does not say whether the stream goes on: it has no end_of_stream');
}
