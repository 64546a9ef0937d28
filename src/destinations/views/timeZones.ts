import { RAILS_ZONES } from './railsZones';

/** Time zones as this runtime knows them, under every name that an account may have for one. */
export interface TimeZones {
  /** Name, and the offset of standard time, such as `+05:45`. */
  readonly zones: readonly (readonly [name: string, offset: string])[];
  /** Name, year, begin, end, and by how many hours the clocks differ from standard time until then. */
  readonly daylight: readonly (readonly [
    name: string,
    year: number,
    from: string,
    to: string,
    hours: number,
  ])[];
}

const FIRST_YEAR = 2000;
const YEARS_AHEAD = 10;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Clocks that were changed never went back sooner. */
const STEP = 21 * 24 * HOUR;

let known: { readonly year: number; readonly zones: Promise<TimeZones> } | undefined;

/** The time zones as they are in a year. Worked out once: it takes about two seconds, in which others get their turn. */
export async function timeZonesIn(year: number): Promise<TimeZones> {
  if (known?.year !== year) known = { year, zones: readAll(year) };
  return known.zones;
}

async function readAll(year: number): Promise<TimeZones> {
  const zones: TimeZones['zones'][number][] = [];
  const daylight: TimeZones['daylight'][number][] = [];
  for (const [zone, names] of namesByZone()) {
    const { standard, others } = clocksOf(zone, year);
    for (const name of names) {
      zones.push([name, offsetText(standard)]);
      daylight.push(
        ...others.map(([from, ...rest]) => [name, Number(from.slice(0, 4)), from, ...rest] as const),
      );
    }
    await new Promise(setImmediate);
  }
  return { zones, daylight };
}

/** No two names differ by capitals alone: that is how schedules are joined. */
function namesByZone(): ReadonlyMap<string, readonly string[]> {
  const pairs = new Map<string, readonly [name: string, zone: string]>();
  const plain = [...Intl.supportedValuesOf('timeZone'), ...Object.values(RAILS_ZONES)];
  for (const pair of [...Object.entries(RAILS_ZONES), ...plain.map((zone) => [zone, zone] as const)])
    if (!pairs.has(pair[0].toLowerCase())) pairs.set(pair[0].toLowerCase(), pair);
  const names = new Map<string, string[]>();
  for (const [name, zone] of pairs.values()) names.set(zone, [...(names.get(zone) ?? []), name]);
  return names;
}

interface Clocks {
  /** The offset of standard time, in minutes: the least of the year. */
  readonly standard: number;
  /** When the clocks differ from it by whole hours: begin, end, hours. */
  readonly others: readonly (readonly [from: string, to: string, hours: number])[];
}

function clocksOf(zone: string, year: number): Clocks {
  const pieces = piecesOf(zone, Date.UTC(FIRST_YEAR), Date.UTC(year + YEARS_AHEAD + 1));
  const isThisYear = ({ from, to }: Piece): boolean => from < Date.UTC(year + 1) && to > Date.UTC(year);
  const standard = Math.min(...pieces.filter(isThisYear).map(({ offset }) => offset));
  const others = pieces
    .map(({ from, to, offset }) => [iso(from), iso(to), (offset - standard) / 60] as const)
    .filter(([, , hours]) => hours !== 0 && Number.isInteger(hours));
  return { standard, others };
}

/** A time in which the clocks were not changed; Unix milliseconds, and the offset in minutes. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

function piecesOf(zone: string, begin: number, end: number): readonly Piece[] {
  const offsetAt = offsetsOf(zone);
  const pieces: Piece[] = [];
  let [from, offset] = [begin, offsetAt(begin)];
  for (let at = begin; at < end; at += STEP) {
    const next = Math.min(at + STEP, end);
    if (offsetAt(next) === offset) continue;
    const change = firstMinute(at, next, (moment) => offsetAt(moment) !== offset);
    pieces.push({ from, to: change, offset });
    [from, offset] = [change, offsetAt(change)];
  }
  return [...pieces, { from, to: end, offset }];
}

/** The first minute at which it holds, given that it does at the end. */
function firstMinute(begin: number, end: number, holds: (moment: number) => boolean): number {
  let [low, high] = [begin / MINUTE, end / MINUTE];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle * MINUTE)) high = middle;
    else low = middle;
  }
  return high * MINUTE;
}

/** The offset of a zone at a moment, in minutes. */
function offsetsOf(zone: string): (moment: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return (moment) => {
    const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(format.format(moment)) ?? [];
    return (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === '-' ? -1 : 1);
  };
}

function offsetText(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`;
}

function iso(moment: number): string {
  return new Date(moment).toISOString().slice(0, 19);
}
