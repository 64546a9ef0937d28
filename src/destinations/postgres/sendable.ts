import { separated, textOf, type Identified } from '../records';

const ESCAPED_NUL = Buffer.from('\\u0000');
// An even number of backslashes before it: the third of `\\u0000` is no part of an escape.
const NUL = /(?<!\\)((?:\\\\)*)\\u0000/g;

/**
 * Records as one text, without U+0000, the one character that PostgreSQL's text cannot hold; U+FFFD, the replacement
 * character, stands in its place.
 * @returns also the ids of those that had one
 */
export function sendable(records: readonly Identified[]): {
  readonly text: Uint8Array;
  readonly altered: ReadonlySet<number>;
} {
  const text = separated(records.map(({ json }) => json));
  if (!text.includes(ESCAPED_NUL)) return { text, altered: new Set() };
  const altered = records.filter(({ json }) => textOf(json).search(NUL) !== -1);
  const texts = records.map(({ json }) => textOf(json).replace(NUL, '$1\\ufffd'));
  return { text: separated(texts), altered: new Set(altered.map(({ id }) => id)) };
}
