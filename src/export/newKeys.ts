import type { RecordVersion } from '../streams/record';

/** Of one page, so that its result stays small: it enters Temporal's history. */
export const MOST_KEYS = 10;
export const LONGEST_KEY = 64;

/**
 * Top-level keys that Zendesk does not document: it adds attributes without notice. They have no column, and are complete
 * in the raw JSON.
 */
export function newKeysOf(records: readonly Pick<RecordVersion, 'unknownKeys'>[]): string[] {
  const keys = new Set<string>();
  for (const { unknownKeys = [] } of records) {
    for (const key of unknownKeys) {
      // As it may be shown: a store refuses some characters, and a terminal obeys others.
      keys.add(key.slice(0, LONGEST_KEY).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd'));
      if (keys.size === MOST_KEYS) return [...keys];
    }
  }
  return [...keys];
}
