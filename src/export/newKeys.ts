import type { RecordVersion } from '../streams/record';

/** Of one page, so that its summary stays small: it enters Temporal's history. */
export const MOST_KEYS = 10;
export const LONGEST_KEY = 64;

/**
 * Names of top-level fields that Zendesk does not document: it adds attributes without notice. They have no column, and
 * are complete in the raw JSON.
 */
export function newKeysOf(tickets: readonly Pick<RecordVersion, 'unknownKeys'>[]): string[] {
  const keys = new Set<string>();
  for (const { unknownKeys = [] } of tickets) {
    for (const key of unknownKeys) {
      keys.add(key.slice(0, LONGEST_KEY));
      if (keys.size === MOST_KEYS) return [...keys];
    }
  }
  return [...keys];
}
