import fc from 'fast-check';
import { backfill, type Backfill } from './backfill';

const NOW = 1_750_000_000;
const DAY = 86_400;
const YEAR = 365 * DAY;
const PER_PAGE = 100;

function evenly(count: number, from: number, to: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor(from + ((to - from) * index) / count));
}

/** The later, the denser: a hundredfold at the end. */
function growing(count: number, from: number, to: number): number[] {
  const times = Array.from(
    { length: count },
    (_, index) => Math.log(1 + (99 * index) / count) / Math.log(100),
  );
  return times.map((part) => Math.floor(from + (to - from) * part));
}

function officeHours(count: number, from: number, days: number): number[] {
  const workdays = Array.from({ length: days }, (_, day) => day).filter((day) => day % 7 < 5);
  const perDay = Math.ceil(count / workdays.length);
  return workdays.flatMap((day) => evenly(perDay, from + (day + 0.35) * DAY, from + (day + 0.75) * DAY));
}

/** Of requests in the minutes that a backfill took, the last one excepted; each minute for itself. */
function leastUsed({ minutes }: Backfill): number {
  return Math.min(...minutes.slice(0, -1)) / 30;
}

describe('four ranges use all of a quota of 30 a minute, and read next to nothing twice, when pages take 3 s', () => {
  test.each<[string, readonly number[]]>([
    ['the tickets lie evenly', evenly(15_000, NOW - 6 * YEAR, NOW - 100)],
    ['all are of the first year, and none came later', evenly(15_000, NOW - 6 * YEAR, NOW - 5 * YEAR)],
    ['all are of one day years ago', evenly(15_000, NOW - 6 * YEAR, NOW - 6 * YEAR + DAY)],
    ['all are of the last week', evenly(15_000, NOW - 7 * DAY, NOW - 100)],
    [
      'one is old and all others are of the last week',
      [NOW - 8 * YEAR, ...evenly(15_000, NOW - 7 * DAY, NOW - 100)],
    ],
    [
      'there is a gap of years',
      [...evenly(7500, NOW - 6 * YEAR, NOW - 5 * YEAR), ...evenly(7500, NOW - YEAR, NOW - 100)],
    ],
    ['they become a hundred times denser', growing(15_000, NOW - 6 * YEAR, NOW - 100)],
    [
      'they become a hundred times thinner',
      growing(15_000, 0, 6 * YEAR)
        .map((time) => NOW - 100 - time)
        .reverse(),
    ],
    ['they come in office hours', officeHours(15_000, NOW - 3 * YEAR, 3 * 365 - 1)],
  ])('and %s', (_, times) => {
    const done = backfill([...new Set(times)], NOW, { ranges: 4, perPage: PER_PAGE });
    expect(leastUsed(done)).toBeGreaterThanOrEqual(0.99);
    expect(done.received / done.tickets).toBeLessThan(1.05);
  });

  test('and however they lie', () => {
    fc.assert(
      fc.property(account, (times) => {
        const done = backfill(times, NOW, { ranges: 4, perPage: PER_PAGE });
        expect(leastUsed(done)).toBeGreaterThanOrEqual(0.97);
        expect(done.received / done.tickets).toBeLessThan(1.15);
      }),
      { seed: 1, numRuns: 150 },
    );
  });
});

/** Seconds of any order of magnitude, from one to three years. */
const span = fc.double({ min: 0, max: 8, noNaN: true }).map((digits) => Math.floor(10 ** digits));
const stretch = fc.record({ gap: span, tickets: fc.integer({ min: 1, max: 4000 }), seconds: span });

/** Stretches of very different density, with anything from no time to years between and behind them; some 90 pages or more. */
const account = fc
  .record({ stretches: fc.array(stretch, { minLength: 4, maxLength: 12 }), behind: span })
  .map(({ stretches, behind }) => {
    let end = 0;
    const offsets = stretches.flatMap(({ gap, tickets, seconds }) => {
      const from = end + gap;
      end = from + Math.max(tickets, seconds);
      return evenly(tickets, from, end);
    });
    return offsets.map((offset) => NOW - 100 - behind - end + offset).filter((time) => time > 0);
  })
  .filter((times) => times.length > 90 * PER_PAGE);
