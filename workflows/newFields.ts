/** Enough to tell what is going on, and little enough to be carried from run to run. */
const MOST_NEW_FIELDS = 50;

/** The names among `keys` that an export has not met before. */
export function firstSeen(known: readonly string[], keys: readonly string[]): string[] {
  return keys.filter((key) => !known.includes(key)).slice(0, MOST_NEW_FIELDS - known.length);
}
