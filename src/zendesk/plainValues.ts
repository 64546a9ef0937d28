import type { ColumnType, Stream } from '../streams/stream';

/**
 * What values of a record look like as long as nothing is wrong with them: a store may read such a record in a hurry. It says
 * no of some that are right: those are read with more care, and come out the same.
 */
const PLAIN: Partial<Record<ColumnType, RegExp>> = {
  integer: /^-?\d{1,18}$/,
  number: /^-?\d{1,15}(\.\d{1,15})?$/,
  boolean: /^(true|false)$/,
  time: /^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"$/,
  integers: /^\[\]$|^\[-?\d{1,18}(,-?\d{1,18})*\]$/,
};

/** Numbers with a fraction or an exponent; what looks like one within a string does no harm. */
const FRACTIONS = /(?<=^|[:,[]\s*)-?\d+[.eE][-+.eE\d]*/g;
/** Written in the one way in which every program writes it. */
const PLAIN_FRACTION = /^-?(0|[1-9]\d{0,11})\.\d{0,3}[1-9]$/;

const NULL = 'n'.charCodeAt(0);

/** @param value JSON in UTF-8, without space around it */
export type IsPlain = (key: string, value: Buffer) => boolean;

export function plainValuesOf({ columns }: Stream): IsPlain {
  const types: ReadonlyMap<string, ColumnType> = new Map(Object.entries(columns));
  return (key, value) => {
    const type = types.get(key);
    if (type === undefined || type === 'text' || type === 'texts' || value[0] === NULL) return true;
    const text = value.toString('latin1');
    if (type !== 'json') return PLAIN[type]?.test(text) === true;
    return (text.match(FRACTIONS) ?? []).every((number) => PLAIN_FRACTION.test(number));
  };
}
