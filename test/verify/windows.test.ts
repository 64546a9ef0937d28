import fc from 'fast-check';
import type { Window } from '../../src/contract/verification';
import {
  afterCounts,
  firstWindows,
  halvesOf,
  isSplittable,
  isTooLarge,
  LISTED_AT_ONCE,
} from '../../src/verify/windows';

const window = fc
  .tuple(fc.nat(2 ** 31), fc.nat(2 ** 31))
  .filter(([one, other]) => one !== other)
  .map(([one, other]): Window => ({ from: Math.min(one, other), to: Math.max(one, other) }));

test('halves cover their window, without an overlap', () => {
  fc.assert(
    fc.property(window.filter(isSplittable), (whole) => {
      const [earlier, later] = halvesOf(whole);
      expect([earlier.from, later.to]).toEqual([whole.from, whole.to]);
      expect(earlier.to).toBe(later.from);
      expect(earlier.from).toBeLessThan(earlier.to);
      expect(later.from).toBeLessThan(later.to);
    }),
  );
});

test('the first windows cover all of the time, wherever the oldest ticket lies', () => {
  fc.assert(
    fc.property(window, fc.nat(2 ** 31), (whole, oldest) => {
      const windows = firstWindows({ ...whole, oldest });
      expect(windows.at(-1)?.from).toBe(whole.from);
      expect(windows[0]?.to).toBe(whole.to);
      expect(windows.length === 1 || windows[0]?.from === windows[1]?.to).toBe(true);
    }),
  );
});

/** Seconds of creation of tickets, on both sides. */
const times = fc.array(fc.nat(100_000), { maxLength: 400 });

/** What bisecting lists, with few tickets on a page, and how many windows wait at most. */
function bisect(
  here: readonly number[],
  there: readonly number[],
  deep: boolean,
): { listed: Window[]; most: number } {
  const within = (all: readonly number[], { from, to }: Window): number =>
    all.filter((at) => at >= from && at < to).length * (LISTED_AT_ONCE / 10);
  const windows: Window[] = [...firstWindows({ from: 0, to: 100_001, oldest: Math.min(...here, 100_000) })];
  const listed: Window[] = [];
  let most = 0;
  for (let next = windows.pop(); next !== undefined; next = windows.pop()) {
    most = Math.max(most, windows.length);
    const [mine, theirs] = [within(here, next), within(there, next)];
    const verdict = isTooLarge(next, mine, deep)
      ? 'split'
      : deep
        ? isSplittable(next) && theirs > LISTED_AT_ONCE
          ? 'split'
          : 'list'
        : afterCounts(next, mine, theirs);
    if (verdict === 'split') windows.push(...[...halvesOf(next)].reverse());
    if (verdict === 'list') listed.push(next);
  }
  return { listed, most };
}

test('bisecting lists every ticket once with deep, else every window that differs, and few windows wait', () => {
  fc.assert(
    fc.property(times, times, fc.boolean(), (here, there, deep) => {
      const { listed, most } = bisect(here, there, deep);
      expect(most).toBeLessThan(30);
      for (const { from, to } of listed) {
        const larger = Math.max(
          ...[here, there].map((all) => all.filter((at) => at >= from && at < to).length),
        );
        expect(to - from === 1 || larger <= 10).toBe(true);
      }
      const isListed = (at: number): boolean => listed.some(({ from, to }) => at >= from && at < to);
      if (deep) expect([...here, ...there].every(isListed)).toBe(true);
      else if (here.length !== there.length) expect(listed.length).toBeGreaterThan(0);
    }),
  );
});
