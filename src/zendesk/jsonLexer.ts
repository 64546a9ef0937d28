/** A JSON lexer over UTF-8 bytes. Each function takes the offset where a token begins and returns the offset after it. */

/** Thrown when the text ends early or is no JSON. */
export class MalformedJson extends Error {
  override readonly name = 'MalformedJson';
}

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const BACKSLASH = 0x5c;
export const QUOTE = 0x22;

/** Line breaks become spaces: none can stand inside a string, and a record is to be one line. */
export function endOfSpace(text: Uint8Array, start: number): number {
  for (let at = start; ; at += 1) {
    const byte = text[at];
    if (byte === LINE_FEED || byte === RETURN) text[at] = SPACE;
    else if (byte !== SPACE && byte !== TAB) return at;
  }
}

export function endOfString(text: Uint8Array, start: number): number {
  const { length } = text;
  for (let at = start + 1; at < length; at += 1) {
    const byte = text[at] ?? 0;
    if (byte === QUOTE) return at + 1;
    if (byte < SPACE) throw new MalformedJson(`a control character at ${at}`);
    if (byte === BACKSLASH) at = endOfEscape(text, at + 1) - 1;
  }
  throw new MalformedJson('ends inside a string');
}

/** What may follow a backslash; `u` has four hexadecimal digits behind it. */
const ESCAPED = Buffer.from('"\\/bfnrtu');
const UNICODE = 0x75;

function endOfEscape(text: Uint8Array, start: number): number {
  const byte = text[start] ?? 0;
  let at = start + 1;
  if (byte === UNICODE) while (at < start + 5 && isHexadecimal(text[at])) at += 1;
  if (!ESCAPED.includes(byte) || (byte === UNICODE && at < start + 5))
    throw new MalformedJson(`no escape at ${start}`);
  return at;
}

/** A number, `true`, `false` or `null`. */
export function endOfPlain(text: Uint8Array, start: number): number {
  const first = text[start];
  if (first === MINUS || isDigit(first)) return endOfNumber(text, start);
  const word = WORDS.find((known) => known[0] === first) ?? NONE;
  for (let index = 0; index < word.length; index += 1)
    if (text[start + index] !== word[index]) throw new MalformedJson(`no value at ${start}`);
  return start + word.length;
}

const WORDS = ['null', 'false', 'true'].map((word) => Buffer.from(word));
/** Matches no text. */
const NONE = [-1];

function endOfNumber(text: Uint8Array, start: number): number {
  let at = text[start] === MINUS ? start + 1 : start;
  at = text[at] === ZERO ? at + 1 : endOfDigits(text, at);
  if (text[at] === POINT) at = endOfDigits(text, at + 1);
  if (text[at] !== 0x65 && text[at] !== 0x45) return at;
  at += 1;
  if (text[at] === PLUS || text[at] === MINUS) at += 1;
  return endOfDigits(text, at);
}

function endOfDigits(text: Uint8Array, start: number): number {
  let at = start;
  while (isDigit(text[at])) at += 1;
  if (at === start) throw new MalformedJson(`no digit at ${start}`);
  return at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

function isHexadecimal(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const small = byte | 0x20;
  return isDigit(byte) || (small >= 0x61 && small <= 0x66);
}
