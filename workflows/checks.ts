import { isUnixSeconds } from '../src/contract/time';

// Checks of JSON that anybody can have made up.

/** The path of what is wrong, empty for the value itself; undefined when all is well. */
export type Check = (value: unknown) => string | undefined;

/** A check for every field of a type, so that none is forgotten when one is added. */
export type Fields<T> = { readonly [Key in keyof Required<T>]: Check };

export const is =
  (holds: (value: unknown) => boolean): Check =>
  (value) =>
    holds(value) ? undefined : '';

export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);

export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? undefined : check(value);

export function object<T>(fields: Fields<T>): Check {
  return (value) => (isRecord(value) ? firstOf(Object.entries<Check>(fields), (key) => value[key]) : '');
}

export const both =
  (one: Check, other: Check): Check =>
  (value) =>
    one(value) ?? other(value);

/** A record whose keys are not known beforehand. */
export function map(key: Check, check: Check): Check {
  return (value) =>
    isRecord(value) && Object.keys(value).every((name) => key(name) === undefined)
      ? firstOf(
          Object.keys(value).map((name) => [name, check] as const),
          (name) => value[name],
        )
      : '';
}

export function list(check: Check, isLong: (length: number) => boolean = () => true): Check {
  return (value) =>
    Array.isArray(value) && isLong(value.length)
      ? firstOf(
          value.map((_, index) => [String(index), check]),
          (index) => value[Number(index)] as unknown,
        )
      : '';
}

function firstOf(
  checks: readonly (readonly [string, Check])[],
  at: (key: string) => unknown,
): string | undefined {
  for (const [key, check] of checks) {
    const path = check(at(key));
    if (path !== undefined) return path === '' ? key : `${key}.${path}`;
  }
  return undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const flag = is((value) => typeof value === 'boolean');
export const text = is((value) => typeof value === 'string');
export const oneOf = (...values: readonly unknown[]): Check => is((value) => values.includes(value));
export const number = is((value) => Number.isFinite(value));
export const within = (least: number, most: number): Check =>
  is((value) => typeof value === 'number' && value >= least && value <= most);
export const between = (least: number, most: number): Check =>
  is((value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most);
export const integer = between(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
export const count = between(0, Number.MAX_SAFE_INTEGER);
/** Of pages, epochs and ranges; databases keep them in 32 bits. */
export const ordinal = between(0, 2 ** 31 - 1);
export const second = is((value) => typeof value === 'number' && isUnixSeconds(value));
/** Unix milliseconds. */
export const moment = is((value) => typeof value === 'number' && isUnixSeconds(Math.floor(value / 1000)));
