import type { StreamName } from './index';

/** As its stream has it: an integer, or a text. */
export type RecordId = number | string;

/** One version of one record: identity is `id`; of two versions the larger `version` wins. */
export interface RecordVersion {
  readonly kind: 'record';
  readonly id: RecordId;
  /** Unix seconds. */
  readonly version: number;
  /** Unix seconds of `updated_at`; null when absent or unreadable. */
  readonly updatedAt: number | null;
  readonly deleted: boolean;
  /** A key comes twice, or a value is written in an unusual way: stores read it the careful way, and keep it like any other. */
  readonly odd?: true;
  /** Top-level keys that Zendesk does not document. */
  readonly unknownKeys?: readonly string[];
  /**
   * The record exactly as Zendesk sent it, on one line, in UTF-8. A fetched record's is a part of its page's memory, and
   * cannot be read once that is released: see `src/pageMemory.ts`.
   */
  readonly json: Uint8Array;
}

/** What cannot be a version of a record. */
export interface RejectedRecord {
  readonly kind: 'rejected';
  /** Whose record it should have been. */
  readonly stream: StreamName;
  /** Names the field and what is wrong with it, never its value. */
  readonly reason: string;
  readonly json: string;
}
