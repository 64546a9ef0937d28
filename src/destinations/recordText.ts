import { asBuffer, freeBuffer } from '../bytes';
import { PageMemory, unreleased } from '../pageMemory';

/** Records as JSON in UTF-8: most come as the bytes that Zendesk sent, and are handed on as such. */

export type Json = string | Uint8Array;

export function textOf(json: Json): string {
  return typeof json === 'string' ? json : asBuffer(unreleased(json)).toString('utf8');
}

export function bytesOf(json: Json): Uint8Array {
  return typeof json === 'string' ? Buffer.from(json) : unreleased(json);
}

/** Records as one text: a copy, or a part of their page's memory. */
export interface JoinedRecords {
  readonly text: Buffer;
  /** Frees the text at once if it is a copy. A page's memory is released with its page. */
  readonly release: () => void;
}

/** Between records that a database is sent as one text, and takes apart itself. No JSON text can hold it. */
export const SEPARATOR = 0x1e;

/** As {@link joinOverwriting}, for a database: with a separator between records only. */
export function joinForSqlOverwriting(records: readonly Json[]): JoinedRecords {
  const joined = joinOverwriting(records, SEPARATOR);
  return { ...joined, text: joined.text.subarray(0, -1) };
}

/**
 * The records one after another, each followed by `separator`. Where they lie like that in their page's memory, nothing is
 * copied and the bytes between them are OVERWRITTEN: see {@link PageMemory}.
 */
export function joinOverwriting(records: readonly Json[], separator: number): JoinedRecords {
  const parts = records.map(bytesOf);
  const [first] = parts;
  const inPlace = first && PageMemory.of(first)?.joinOverwriting(parts, separator);
  if (inPlace !== undefined) return { text: inPlace, release: () => undefined };
  const text = joinCopies(parts, separator);
  return {
    text,
    release: () => {
      freeBuffer(text.buffer);
    },
  };
}

function joinCopies(parts: readonly Uint8Array[], separator: number): Buffer {
  const text = Buffer.allocUnsafeSlow(parts.reduce((size, part) => size + part.length + 1, 0));
  let at = 0;
  for (const part of parts) {
    text.set(part, at);
    at += part.length;
    text[at] = separator;
    at += 1;
  }
  return text;
}

/** JSON in one statement: a page of usual tickets, and a fraction of the memory that a database may use. */
const BATCH = 4_000_000;

/** Runs of items whose JSON together is small enough for one statement; a longer item has a run of its own. */
export function* batches<T extends { readonly json: Json }>(items: readonly T[]): Generator<T[]> {
  let batch: T[] = [];
  let length = 0;
  for (const item of items) {
    if (batch.length > 0 && length + item.json.length > BATCH) {
      yield batch;
      batch = [];
      length = 0;
    }
    batch.push(item);
    length += item.json.length;
  }
  if (batch.length > 0) yield batch;
}
