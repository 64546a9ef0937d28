import { z } from 'zod';
import { STREAMS, streamNamed, type StreamName } from '../streams';
import type { RecordVersion, RejectedRecord } from '../streams/record';
import { documentedKeys, type Deleted, type Stream, type Version } from '../streams/stream';
import { plainValuesOf, type IsPlain } from './plainValues';
import { JsonScanner } from './jsonScanner';

export type ReadRecord = RecordVersion | RejectedRecord;

/** Takes an object of another stream that lies within a record. */
export type TakeNested = (table: StreamName, object: ReadRecord) => void;

/** So many keys of a record that Zendesk does not document are named. */
const MOST_UNKNOWN = 20;

/** Reads the records of one stream. */
export class RecordReader {
  private readonly name: StreamName;
  /** Keys whose values are used. */
  private readonly used: ReadonlySet<string>;
  /** Undefined where not all of them are known. */
  private readonly documented: ReadonlySet<string> | undefined;
  /** Keys of sideloads that lie within a record, and their tables. */
  private readonly nested: ReadonlyMap<string, StreamName>;
  private readonly isPlain: IsPlain;
  private readonly identity: ReturnType<typeof identityOf>;

  constructor(private readonly stream: Stream) {
    const { id, version, deleted, sideloads, paging } = stream;
    this.name = streamNamed(stream.name);
    this.used = new Set([id.key, version.key, 'updated_at', ...(deleted === null ? [] : [deleted.key])]);
    this.documented = paging.kind === 'sideload' ? undefined : documentedKeys(stream);
    this.nested = new Map(
      sideloads.flatMap(({ nestedIn, table }) =>
        nestedIn === undefined || table === null ? [] : [[nestedIn, streamNamed(table)] as const],
      ),
    );
    this.isPlain = plainValuesOf(stream);
    this.identity = identityOf(stream);
  }

  /**
   * Reads one record by itself.
   * @param raw its JSON text
   * @throws MalformedJson when the text is no JSON
   */
  read(raw: string): ReadRecord {
    const scanner = new JsonScanner(Buffer.from(raw));
    const record = this.scan(scanner);
    scanner.end();
    return record;
  }

  /**
   * Reads the record that begins where `scanner` is, and moves on to its end.
   * @throws MalformedJson when it is no JSON: then the whole body is broken
   */
  scan(scanner: JsonScanner, take?: TakeNested): ReadRecord {
    const start = scanner.at;
    const rejected = (reason: string): RejectedRecord => ({
      kind: 'rejected',
      stream: this.name,
      reason,
      json: scanner.bytesFrom(start).toString(),
    });
    if (!scanner.startsWith('{')) {
      const { error } = z.object({}).safeParse(scanner.shallow());
      return rejected(`record: ${error?.issues[0]?.message ?? ''}`);
    }
    const { values, unknownKeys, odd } = this.scanMembers(scanner, take);
    const { id, version } = this.stream;
    const parsed = this.identity.safeParse({ id: values.get(id.key), version: values.get(version.key) });
    if (!parsed.success) {
      const problems = parsed.error.issues.map(
        ({ path: [field], message }) => `${field === 'version' ? version.key : id.key}: ${message}`,
      );
      return rejected(problems.join('; '));
    }
    const updatedAt = values.get('updated_at');
    const updated = typeof updatedAt === 'string' ? Date.parse(updatedAt) : Number.NaN;
    return {
      kind: 'record',
      ...parsed.data,
      updatedAt: Number.isNaN(updated) ? null : updated / 1000,
      deleted: isDeleted(values, this.stream.deleted),
      ...(odd ? { odd } : {}),
      ...(unknownKeys.length === 0 ? {} : { unknownKeys }),
      json: scanner.bytesFrom(start),
    };
  }

  /** The values that are used; the rest is only walked through. Of equal keys the last counts. */
  private scanMembers(scanner: JsonScanner, take: TakeNested | undefined): Members {
    const values = new Map<string, unknown>();
    const unknownKeys: string[] = [];
    const keys = new Set<string>();
    let odd = false;
    scanner.members((key) => {
      const start = scanner.at;
      const table = take && this.nested.get(key);
      // What else stands there, such as the null of a deleted ticket, is no object.
      if (table !== undefined && scanner.startsWith('{')) take?.(table, copyOf(scanNested(table, scanner)));
      else if (this.used.has(key)) values.set(key, scanner.shallow());
      else scanner.value();
      if (this.documented?.has(key) === false && !keys.has(key) && unknownKeys.length < MOST_UNKNOWN)
        unknownKeys.push(key);
      if (keys.has(key) || !this.isPlain(key, scanner.text, start, scanner.at)) odd = true;
      keys.add(key);
    });
    return { values, unknownKeys, odd };
  }
}

interface Members {
  readonly values: ReadonlyMap<string, unknown>;
  readonly unknownKeys: readonly string[];
  readonly odd: boolean;
}

const seconds = z.int().positive();
const time = z.iso
  .datetime({ offset: true })
  .transform((text) => Math.floor(Date.parse(text) / 1000))
  .pipe(seconds);
const FORMS = { seconds, time } satisfies Record<Version['form'], unknown>;

/** A key of databases: PostgreSQL has no U+0000 in a text, no half of a surrogate pair, and no key of over 2.7 kB. */
const textId = z
  .string()
  .min(1)
  .max(500)
  .refine((text) => !/[\0\p{Cs}]/u.test(text), { error: 'a character that databases cannot hold' });

// Everything else may be missing, null or of a new type: old archived bodies and new features both do that.
function identityOf({ name, id, version: { form, isOptional } }: Stream) {
  const version = FORMS[form];
  // A user of the id -1 is Zendesk itself.
  const integer = name === 'tickets' ? z.int().positive() : z.union([z.int().positive(), z.literal(-1)]);
  return z.object({
    id: id.type === 'integer' ? integer : textId,
    version: isOptional ? version.nullish().transform((found) => found ?? 0) : version,
  });
}

function isDeleted(values: ReadonlyMap<string, unknown>, deleted: Deleted | null): boolean {
  if (deleted === null) return false;
  const value = values.get(deleted.key);
  return 'is' in deleted ? value === deleted.is : value !== undefined && value !== null;
}

function scanNested(table: StreamName, scanner: JsonScanner): ReadRecord {
  return sideloadReader(table).scan(scanner);
}

/** Of its own: what lies behind a record may be overwritten, and behind this one its own record continues. */
function copyOf(object: ReadRecord): ReadRecord {
  return object.kind === 'rejected' ? object : { ...object, json: new Uint8Array(object.json) };
}

const readers = new WeakMap<Stream, RecordReader>();

/** The reader of a stream's records; made once, since a page has thousands. */
export function recordReader(stream: Stream): RecordReader {
  const reader = readers.get(stream) ?? new RecordReader(stream);
  readers.set(stream, reader);
  return reader;
}

const sideloadReaders = new Map<StreamName, RecordReader>();

/** The reader of objects that come with other records: those of the system have no version, and are as good as any. */
export function sideloadReader(table: StreamName): RecordReader {
  const { [table]: stream } = STREAMS;
  const reader =
    sideloadReaders.get(table) ??
    new RecordReader({ ...stream, version: { ...stream.version, isOptional: true } });
  sideloadReaders.set(table, reader);
  return reader;
}
