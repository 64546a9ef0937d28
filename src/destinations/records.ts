import { viewOf } from '../bytes';

/** Records as JSON in UTF-8: most come as the bytes that Zendesk sent, and are handed on as such. */

export type Json = string | Uint8Array;

export interface Identified {
  readonly id: number;
  readonly json: Json;
}

export function textOf(json: Json): string {
  return typeof json === 'string' ? json : viewOf(json).toString('utf8');
}

export function bytesOf(json: Json): Buffer {
  return typeof json === 'string' ? Buffer.from(json) : viewOf(json);
}

/** The records one after another, each followed by `separator`, in memory of their own. */
export function joined(records: readonly Uint8Array[], separator: number): Buffer {
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

/** Runs of items whose JSON together is about `size` long; a longer item has a run of its own. */
export function* batches<T extends { readonly json: Json }>(
  items: readonly T[],
  size: number,
): Generator<T[]> {
  let batch: T[] = [];
  let length = 0;
  for (const item of items) {
    if (batch.length > 0 && length + item.json.length > size) {
      yield batch;
      batch = [];
      length = 0;
    }
    batch.push(item);
    length += item.json.length;
  }
  if (batch.length > 0) yield batch;
}
