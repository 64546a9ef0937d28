import { z } from 'zod';
import type { RecordVersion, RejectedRecord } from '../streams/record';
import { documentedKeys, type Stream } from '../streams/stream';
import { plainValuesOf, type IsPlain } from './plainValues';
import { JsonScanner } from './jsonScanner';

// Everything else may be missing, null or of a new type: old archived bodies and new features both do that.
const identity = z.object({ id: z.int().positive(), version: z.int().positive() });

/** Reads the records of one stream. */
export class RecordReader {
  /** Keys whose values are used. */
  private readonly used: ReadonlySet<string>;
  private readonly documented: ReadonlySet<string>;
  private readonly isPlain: IsPlain;

  constructor(private readonly stream: Stream) {
    this.used = new Set(['id', stream.version, 'updated_at', stream.deleted.key]);
    this.documented = documentedKeys(stream);
    this.isPlain = plainValuesOf(stream);
  }

  /**
   * Reads one record by itself.
   * @param raw its JSON text
   * @throws MalformedJson when the text is no JSON
   */
  read(raw: string): RecordVersion | RejectedRecord {
    const scanner = new JsonScanner(Buffer.from(raw));
    const record = this.scan(scanner);
    scanner.end();
    return record;
  }

  /**
   * Reads the record that begins where `scanner` is, and moves on to its end.
   * @throws MalformedJson when it is no JSON: then the whole body is broken
   */
  scan(scanner: JsonScanner): RecordVersion | RejectedRecord {
    const start = scanner.at;
    if (!scanner.startsWith('{')) {
      const { error } = z.object({}).safeParse(scanner.parsed());
      const reason = `record: ${error?.issues[0]?.message ?? ''}`;
      return { kind: 'rejected', reason, json: scanner.bytesFrom(start).toString() };
    }
    const { values, unknownKeys, odd } = this.scanMembers(scanner);
    const { version: key, deleted } = this.stream;
    const parsed = identity.safeParse({ id: values.get('id'), version: values.get(key) });
    if (!parsed.success) {
      const reason = parsed.error.issues.map(
        ({ path: [field], message }) => `${field === 'version' ? key : String(field)}: ${message}`,
      );
      return { kind: 'rejected', reason: reason.join('; '), json: scanner.bytesFrom(start).toString() };
    }
    const updatedAt = values.get('updated_at');
    const updated = typeof updatedAt === 'string' ? Date.parse(updatedAt) : Number.NaN;
    return {
      kind: 'record',
      ...parsed.data,
      updatedAt: Number.isNaN(updated) ? null : updated / 1000,
      deleted: values.get(deleted.key) === deleted.is,
      ...(odd ? { odd } : {}),
      ...(unknownKeys.length === 0 ? {} : { unknownKeys }),
      json: scanner.bytesFrom(start),
    };
  }

  /** The values that are used; the rest is only walked through. Of equal keys the last counts. */
  private scanMembers(scanner: JsonScanner): Members {
    const values = new Map<string, unknown>();
    const unknownKeys: string[] = [];
    const keys = new Set<string>();
    let odd = false;
    scanner.members((key) => {
      const start = scanner.at;
      if (this.used.has(key)) values.set(key, scanner.parsed());
      else scanner.value();
      if (!this.documented.has(key)) unknownKeys.push(key);
      if (keys.has(key) || !this.isPlain(key, scanner.bytesFrom(start))) odd = true;
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

const readers = new WeakMap<Stream, RecordReader>();

/** The reader of a stream's records; made once, since a page has thousands. */
export function recordReader(stream: Stream): RecordReader {
  const reader = readers.get(stream) ?? new RecordReader(stream);
  readers.set(stream, reader);
  return reader;
}
