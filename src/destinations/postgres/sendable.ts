import { bytesOf, textOf, type Json } from '../records';

const ESCAPED_NUL = Buffer.from('\\u0000');
// An even number of backslashes before it: the third of `\\u0000` is no part of an escape.
const NUL = /(?<!\\)((?:\\\\)*)\\u0000/g;

/**
 * The same JSON without U+0000, the one character that PostgreSQL's text cannot hold; U+FFFD, the replacement character,
 * stands in its place.
 */
export function withoutNul(json: Json): Uint8Array {
  return hasNul(json) ? Buffer.from(textOf(json).replace(NUL, '$1\\ufffd')) : bytesOf(json);
}

export function hasNul(json: Json): boolean {
  return bytesOf(json).includes(ESCAPED_NUL) && textOf(json).search(NUL) !== -1;
}
