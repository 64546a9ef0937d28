import type { ColumnType, Stream } from '../streams/stream';

/**
 * What the values of an ordinary record look like. Stores read such records the fast way. Some values that are right do not
 * match: they are read the careful way, with the same result.
 */
const PLAIN: Partial<Record<ColumnType, RegExp>> = {
  integer: /^-?\d{1,18}$/,
  number: /^-?\d{1,15}(\.\d{1,15})?$/,
  boolean: /^(true|false)$/,
  time: /^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"$/,
  integers: /^\[\]$|^\[-?\d{1,18}(,-?\d{1,18})*\]$/,
};

/** Numbers with a fraction or an exponent. Matches inside strings do no harm. */
const FRACTIONS = /(?<=^|[:,[]\s*)-?\d+[.eE][-+.eE\d]*/g;
/** Written as every program writes it. */
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
