import { asBuffer } from '../bytes';
import type { StreamName } from '../streams';
import type { RecordVersion } from '../streams/record';
import { bytesOf, textOf, type Json } from './recordText';

/** What goes into `quarantine`, and why. */
export interface Quarantined {
  readonly stream: StreamName;
  readonly reason: string;
  readonly json: string;
}

export interface Holdable {
  /** The record as it came, or with U+FFFD, the replacement character, instead of what a store cannot hold. */
  readonly json: Json;
  /** What was replaced, for people. The original goes to quarantine; no action is needed, since the record is stored. */
  readonly replaced?: string;
}

/** What a store may be unable to hold. */
const HALF = 'half of a surrogate pair';
const NUL = 'U+0000';

/** How the escapes of any half begin. They are looked for before a record is decoded. */
const HALVES = ['\\ud', '\\uD'].map((start) => Buffer.from(start));
const HALVES_AND_NUL = [...HALVES, Buffer.from('\\u0000')];
/** Every escape in turn, whole pairs first: `\\ud800` is a backslash and five letters. */
const ESCAPES = /\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|(u0000)|.)/g;

/**
 * A record as a store can hold it. Half of a surrogate pair is what cutting an emoji leaves: JavaScript takes it, other
 * readers of JSON do not.
 * @param holdsNul whether the store can hold U+0000
 */
export function holdable(json: Json, holdsNul: boolean): Holdable {
  const bytes = asBuffer(bytesOf(json));
  if (!(holdsNul ? HALVES : HALVES_AND_NUL).some((start) => bytes.includes(start))) return { json };
  const replaced = new Set<string>();
  const text = textOf(json).replace(ESCAPES, (escape, half: string | undefined, nul: string | undefined) => {
    if (half === undefined && (nul === undefined || holdsNul)) return escape;
    replaced.add(half === undefined ? NUL : HALF);
    return '\\ufffd';
  });
  return replaced.size === 0 ? { json } : { json: text, replaced: [...replaced].join(' and ') };
}

/** The original of a record that is stored with replacements; none of one that is stored as it is. */
export function originalOf(
  stream: StreamName,
  { json }: RecordVersion,
  { replaced }: Holdable,
): Quarantined[] {
  return replaced === undefined ? [] : [{ stream, reason: `stored without ${replaced}`, json: textOf(json) }];
}
