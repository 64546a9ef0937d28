import { free, isOfBody, asBuffer } from '../bytes';

/** Records as JSON in UTF-8: most come as the bytes that Zendesk sent, and are handed on as such. */

export type Json = string | Uint8Array;

export interface Identified {
  readonly id: number;
  readonly json: Json;
}

export function textOf(json: Json): string {
  return typeof json === 'string' ? json : asBuffer(json).toString('utf8');
}

export function bytesOf(json: Json): Uint8Array {
  return typeof json === 'string' ? Buffer.from(json) : json;
}

/** Between records that a database is sent as one text, and takes apart itself. No JSON text can hold it. */
export const SEPARATOR = 0x1e;

/** Records as one such text; see {@link join}. */
export function joinForSql(records: readonly Json[]): Buffer {
  return join(records.map(bytesOf), SEPARATOR).subarray(0, -1);
}

/** Frees what `joined` or `separated` made of records, unless it is their own memory. */
export function freeCopy(text: Uint8Array, records: readonly Json[]): void {
  if (!records.some((record) => typeof record !== 'string' && record.buffer === text.buffer)) free(text);
}

/**
 * The records one after another, each followed by `separator`: a copy, unless they lie like that in the body that they came
 * with, where the bytes between them are overwritten.
 */
export function join(records: readonly Uint8Array[], separator: number): Buffer {
  const inPlace = joinInPlace(records, separator);
  if (inPlace !== undefined) return inPlace;
  const size = records.reduce((sum, record) => sum + record.length + 1, 0);
  const all = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const record of records) {
    all.set(record, at);
    at += record.length;
    all[at] = separator;
    at += 1;
  }
  return all;
}

function joinInPlace(records: readonly Uint8Array[], separator: number): Buffer | undefined {
  const [first] = records;
  // In memory that Node shares, other records may lie between.
  if (first === undefined || !isOfBody(first)) return undefined;
  let at = first.byteOffset;
  for (const { buffer, byteOffset, length } of records) {
    if (buffer !== first.buffer || byteOffset !== at) return undefined;
    at += length + 1;
  }
  if (at > first.buffer.byteLength) return undefined;
  const all = Buffer.from(first.buffer, first.byteOffset, at - first.byteOffset);
  for (const { byteOffset, length } of records) all[byteOffset + length - first.byteOffset] = separator;
  return all;
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
