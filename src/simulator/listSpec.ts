import type { Population } from './population';

/** What the fields of one record are made from. */
export interface Made {
  /** From 0. */
  readonly index: number;
  readonly h: number;
  readonly changes: number;
  /** In ISO 8601; null: it is not deleted. */
  readonly deletedAt: string | null;
  readonly seed: number;
  readonly population: Population;
}

/** What an export knows a record by, where its `id` is not in the answer or not enough. */
export interface RecordKeys {
  readonly name?: string;
  readonly schedule_id?: number;
}

/** How a list is served. */
export interface ListSpec {
  /** Below `/api/v2/`; `{id}` is the schedule whose records are asked for. */
  readonly path: string;
  /** The key of the list in an answer. Default: its name. */
  readonly key?: string;
  /** What comes beside a list that is answered all at once. Absent: it comes in pages. */
  readonly beside?: (count: number, url: string) => object;
  /** The id before the first. */
  readonly before: number;
  readonly count: number | ((population: Population) => number);
  /** The parameter, and its value, that asks for deleted records, too. */
  readonly showsDeleted?: readonly [string, string];
  /** What other records have and these lack. */
  readonly lacks?: readonly ('url' | 'id' | 'created_at' | 'updated_at')[];
  /** What the order goes by before the id: smaller comes first. */
  readonly rank?: (made: Made) => number;
  readonly keys?: (index: number) => RecordKeys;
  fields(made: Made): object;
}

/** A name that shows how often its record was changed. */
export function title(what: string, { index, changes }: Made): string {
  return `${what} ${index + 1}${changes > 0 ? ` (${changes})` : ''}`;
}

/** A text that may hold placeholders, and what it was before they were filled in. */
export function withRaw(key: string, text: string | null): object {
  return { [key]: text, [`raw_${key}`]: text };
}

/** What comes beside a list that could come in pages, and does not. */
export const counted = (count: number): object => ({ count, next_page: null, previous_page: null });
