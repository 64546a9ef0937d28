import type { Progress } from './progress';

/** Enough to tell what is going on, and little enough to be carried from run to run. */
const MOST_NEW_FIELDS = 50;

/** The names among `keys` that this export has not met before. */
export function firstSeen({ newFields }: Progress, keys: readonly string[]): string[] {
  return keys.filter((key) => !newFields.includes(key)).slice(0, MOST_NEW_FIELDS - newFields.length);
}
