import type { ColumnType, Stream } from '../streams/stream';

/** Numbers with a fraction or an exponent. Matches inside strings do no harm. */
const FRACTIONS = /(?<=^|[:,[]\s*)-?\d+[.eE][-+.eE\d]*/g;
/** Written as every program writes it. */
const PLAIN_FRACTION = /^-?(0|[1-9]\d{0,11})\.\d{0,3}[1-9]$/;
const PLAIN_NUMBER = /^-?\d{1,15}(\.\d{1,15})?$/;
const PLAIN_INTEGERS = /^\[-?\d{1,18}(,-?\d{1,18})*\]$/;
const PLAIN_TIME = Buffer.from('"0000-00-00T00:00:00Z"');

const [MINUS, ZERO, NINE] = [0x2d, 0x30, 0x39];
const [POINT, SMALL_E] = [0x2e, 0x65];
const OPEN_BRACKET = 0x5b;
const NULL = 'n'.charCodeAt(0);
const [TRUE, FALSE] = ['t'.charCodeAt(0), 'f'.charCodeAt(0)];

/** A value of a text: JSON in UTF-8, without space around it. Most are looked at byte by byte, without a copy. */
type Check = (text: Buffer, start: number, end: number) => boolean;

/**
 * What the values of an ordinary record look like. Stores read such records the fast way. Some values that are right do not
 * match: they are read the careful way, with the same result. Of texts, any is plain.
 */
const PLAIN: Partial<Record<ColumnType, Check>> = {
  integer: (text, start, end) => {
    const first = text[start] === MINUS ? start + 1 : start;
    return end - first >= 1 && end - first <= 18 && areDigits(text, first, end);
  },
  number: (text, start, end) => PLAIN_NUMBER.test(text.toString('latin1', start, end)),
  boolean: (text, start) => text[start] === TRUE || text[start] === FALSE,
  time: (text, start, end) => end - start === PLAIN_TIME.length && isTime(text, start),
  integers: (text, start, end) =>
    (text[start] === OPEN_BRACKET && end - start === 2) ||
    PLAIN_INTEGERS.test(text.toString('latin1', start, end)),
  json: (text, start, end) =>
    !mayHaveFraction(text, start, end) ||
    (text.toString('latin1', start, end).match(FRACTIONS) ?? []).every((number) =>
      PLAIN_FRACTION.test(number),
    ),
};

function areDigits(text: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (!isDigit(text[at])) return false;
  return true;
}

function isTime(text: Buffer, start: number): boolean {
  for (let at = 0; at < PLAIN_TIME.length; at += 1) {
    const [expected, byte] = [PLAIN_TIME[at], text[start + at]];
    if (expected === ZERO ? !isDigit(byte) : byte !== expected) return false;
  }
  return true;
}

/** Whether a digit stands before a point or an E anywhere, inside of strings as well. */
function mayHaveFraction(text: Buffer, start: number, end: number): boolean {
  for (let at = start + 1; at < end; at += 1) {
    const byte = text[at] ?? 0;
    if ((byte === POINT || (byte | 0x20) === SMALL_E) && isDigit(text[at - 1])) return true;
  }
  return false;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

export type IsPlain = (key: string, text: Buffer, start: number, end: number) => boolean;

export function plainValuesOf({ columns }: Stream): IsPlain {
  const checks = new Map<string, Check>();
  for (const [key, type] of Object.entries(columns)) {
    const { [type]: check } = PLAIN;
    if (check !== undefined) checks.set(key, check);
  }
  return (key, text, start, end) => {
    const check = checks.get(key);
    return check === undefined || text[start] === NULL || check(text, start, end);
  };
}
