import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { isCursor } from '../contract/position';
import type { Position } from '../contract/page';
import { JsonScanner } from './jsonScanner';
import { applyRules } from './privacy/applyRules';
import type { Privacy } from './privacy/privacy';
import { listCursor } from './listCursor';
import { listEnvelope, nextOfList } from './nextOfList';
import { NotAPage } from './notAPage';
import { streamNamed, type StreamName } from '../streams';
import type { RecordVersion, RejectedRecord } from '../streams/record';
import type { Stream } from '../streams/stream';
import { recordReader, sideloadReader, type ReadRecord } from './recordReader';
import { withOwner, type Owner } from './withOwner';

/** One page of either endpoint. Times are Unix seconds. */
export interface ParsedPage {
  readonly records: readonly RecordVersion[];
  /** Records without a usable id or version. */
  readonly rejected: readonly RejectedRecord[];
  /** The objects beside the records and within them, by their table, as they came: an object may be there several times. */
  readonly sideloads: ReadonlyMap<StreamName, readonly ReadRecord[]>;
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
  readonly owner?: Owner;
  /** What is taken out of the records. */
  readonly privacy?: Privacy;
}

/** What is read of the keys beside the records. Only values of the kinds that Zendesk documents are followed. */
const afterCursor = z
  .string()
  // An empty one leads nowhere.
  .refine((cursor) => cursor === '' || isCursor(cursor))
  .nullish();
const envelope = z.object({
  end_time: z.int().nonnegative().nullish(),
  after_cursor: afterCursor,
  end_of_stream: z.boolean().nullish(),
  /** Only its `start_time` is ever used: it may name another host. */
  next_page: z.unknown().optional(),
  /** Its value says nothing about the end: only its presence is used. */
  count: z.unknown().optional(),
});
type Envelope = z.output<typeof envelope>;

/** Keys that are read beside the records. */
const HEAD: ReadonlySet<string> = new Set(Object.keys({ ...envelope.shape, ...listEnvelope.shape }));

/** All of them are in an answer of the years before `end_of_stream`. */
const OLD_KEYS = ['end_time', 'next_page', 'count'];

/**
 * Parses a page.
 * @param body UTF-8; invalid bytes become replacement characters
 * @returns records whose `json` are parts of one buffer, which is that of `body` if that is valid and nothing is taken out of it; so
 * are the objects beside them, and those within them have memory of their own
 * @throws MalformedJson for a cut or broken body; NotAPage for other JSON; TooLarge
 */
export function parsePage(body: Buffer, asked: AskedPage): ParsedPage {
  const { position, owner, stream, privacy } = asked;
  const { paging } = stream;
  const utf8 = isUtf8(body) ? body : new TextEncoder().encode(body.toString('utf8'));
  const whole = owner === undefined ? utf8 : withOwner(new JsonScanner(utf8), stream.list, owner);
  const text = privacy === undefined ? whole : applyRules(new JsonScanner(whole), stream, privacy);
  const { records, sideloads, head } = scanBody(new JsonScanner(text), stream);
  const read = {
    records: records.filter((record) => record.kind === 'record'),
    rejected: records.filter((record) => record.kind === 'rejected'),
    sideloads,
    bytes: body.length,
  };
  if (paging.kind === 'list') {
    const after = nextOfList(asEnvelope(listEnvelope, head), paging);
    return { ...read, endTime: null, afterCursor: after, endOfStream: after === null };
  }
  const found = asEnvelope(envelope, head);
  const meta = isOfList(asked) ? asEnvelope(listEnvelope, head).meta : undefined;
  const byTime = position.endpoint === 'time';
  const page = {
    ...read,
    endTime: byTime ? endTimeOf(found) : null,
    afterCursor: byTime ? null : cursorAfter(meta, found, asked),
  };
  const said = typeof meta?.has_more === 'boolean' ? !meta.has_more : found.end_of_stream;
  return { ...page, endOfStream: said ?? isLastUnsaid(page, asked, head) };
}

/** The memory of a page's body; undefined where no record is a part of it. */
export function memoryOf({
  records: [first],
  sideloads,
}: Pick<ParsedPage, 'records' | 'sideloads'>): ArrayBufferLike | undefined {
  if (first !== undefined) return first.json.buffer;
  // The largest: that of an object within a record is smaller.
  return [...sideloads.values()]
    .flat()
    .flatMap((object) => (object.kind === 'record' ? object.json.buffer : []))
    .reduce<ArrayBufferLike | undefined>(
      (largest, buffer) => (buffer.byteLength > (largest?.byteLength ?? 0) ? buffer : largest),
      undefined,
    );
}

interface Body {
  readonly records: readonly ReadRecord[];
  readonly sideloads: ParsedPage['sideloads'];
  /** What of the other keys is read. */
  readonly head: Readonly<Record<string, unknown>>;
}

function scanBody(scanner: JsonScanner, stream: Stream): Body {
  const reader = recordReader(stream);
  const tables = tablesBeside(stream);
  let records: ReadRecord[] | undefined;
  const sideloads = new Map<StreamName, ReadRecord[]>();
  const take = (table: StreamName, object: ReadRecord): void => {
    const others = sideloads.get(table);
    if (others === undefined) sideloads.set(table, [object]);
    else others.push(object);
  };
  const head: Record<string, unknown> = {};
  const keys = new Set<string>();
  scanner.members((key) => {
    // Whichever of two lists of records was meant, taking one would lose the other.
    if (keys.has(key))
      throw new NotAPage(`the answer holds ${/^\w{1,40}$/.test(key) ? `the key ${key}` : 'a key'} twice`);
    keys.add(key);
    const table = tables.get(key);
    if (key === stream.list && scanner.startsWith('['))
      records = scanner.list(() => reader.scan(scanner, take));
    else if (HEAD.has(key)) head[key] = headAt(scanner, key);
    else if (table !== undefined) for (const object of objectsAt(scanner, table)) take(table, object);
    // Whatever else lies beside the records is skipped.
    else scanner.value();
  });
  scanner.end();
  if (records === undefined) throw new NotAPage(`the answer holds no list of ${stream.list}`);
  return { records, sideloads, head };
}

/** Enough for every cursor and link. */
const LONGEST_HEAD = 64 * 1024;

function headAt(scanner: JsonScanner, key: string): unknown {
  const start = scanner.at;
  scanner.value();
  const value = scanner.bytesFrom(start);
  if (value.length > LONGEST_HEAD) throw new NotAPage(`unreadable ${key}`);
  return JSON.parse(value.toString());
}

/** The lists of objects that may lie beside the records, by their keys. */
function tablesBeside({ sideloads }: Stream): ReadonlyMap<string, StreamName> {
  return new Map(
    sideloads.flatMap(({ name, table }) => (table === null ? [] : [[name, streamNamed(table)] as const])),
  );
}

/** A sideload may come as one object in place of a list of them, or as nothing. */
function objectsAt(scanner: JsonScanner, table: StreamName): readonly ReadRecord[] {
  const reader = sideloadReader(table);
  if (scanner.startsWith('[')) return scanner.list(() => reader.scan(scanner));
  const one = reader.scan(scanner);
  return one.kind === 'rejected' && one.json === 'null' ? [] : [one];
}

function cursorAfter(
  meta: z.output<typeof listEnvelope>['meta'],
  found: Envelope,
  asked: AskedPage,
): string | null {
  const after = (meta?.after_cursor ?? found.after_cursor) || null;
  return after !== null && isOfList(asked) ? listCursor(after, asked.position) : after;
}

function asEnvelope<T extends z.ZodType>(schema: T, head: Body['head']): z.output<T> {
  const { data, error } = schema.safeParse(head);
  if (error !== undefined)
    throw new NotAPage(`unreadable ${error.issues.map((issue) => issue.path.join('.')).join(', ')}`);
  return data;
}

/** Whether the pages asked for are those of a list. */
function isOfList({ stream: { paging }, position }: AskedPage): boolean {
  return position.endpoint === 'cursor' && paging.kind === 'incremental' && paging.cursor?.style === 'list';
}

/** Where `end_time` is missing and the stream continues, `next_page` holds the same second. */
function endTimeOf({
  end_time: endTime,
  end_of_stream: endOfStream,
  next_page: next,
}: Envelope): number | null {
  if (typeof endTime === 'number' || endOfStream === true || typeof next !== 'string') return endTime ?? null;
  const [, second] = /[?&]start_time=(\d{1,12})(?:&|$)/.exec(next) ?? [];
  return second === undefined ? null : Number(second);
}

/**
 * Whether a page is the last that does not say so. Bodies of 2019 have no `end_of_stream`: there a page that is not full and
 * brings nothing later is the last. An answer without their other keys is no such body, and must not end a stream:
 * `{"tickets":[]}` says nothing at all.
 */
function isLastUnsaid(
  { records, rejected, endTime }: Pick<ParsedPage, 'records' | 'rejected' | 'endTime'>,
  asked: AskedPage,
  head: Body['head'],
): boolean {
  const { position, perPage } = asked;
  if (isOfList(asked))
    throw new NotAPage('the answer does not say whether the list continues: it has no meta.has_more');
  if (records.length + rejected.length >= perPage || advances(records, endTime, position)) return false;
  if (position.endpoint === 'time' && OLD_KEYS.every((key) => Object.hasOwn(head, key))) return true;
  throw new NotAPage('the answer does not say whether the stream continues: it has no end_of_stream');
}

/** Whether a page brings something later than what was asked from. */
function advances(records: readonly RecordVersion[], endTime: number | null, position: Position): boolean {
  if (!('startTime' in position)) return records.length > 0;
  const times = [endTime ?? 0, ...records.map(({ version }) => version)];
  return times.some((time) => time > position.startTime);
}
