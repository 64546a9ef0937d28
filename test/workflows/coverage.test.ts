import fc from 'fast-check';
import { begunAt, coverageFrom, leftOut, movedTo, skippedBy, type Coverage } from '../../workflows/coverage';

test('a reset that goes ahead leaves out what lies between, until that is read after all', () => {
  const ahead = movedTo(coverageFrom(0), 100, 300);
  expect(skippedBy(coverageFrom(0), 100, 300)).toEqual({ from: 100, to: 300 });
  expect(leftOut(ahead, 350)).toEqual([{ from: 100, to: 300 }]);
  const back = movedTo(ahead, 350, 50);
  expect(leftOut(back, 150)).toEqual([{ from: 150, to: 300 }]);
  expect(leftOut(back, 300)).toEqual([]);
});

test('a reset within what was read leaves out nothing', () => {
  const again = movedTo(coverageFrom(0), 100, 20);
  expect(leftOut(again, 20)).toEqual([]);
  expect(skippedBy(again, 30, 100)).toBeNull();
  expect(leftOut(movedTo(again, 30, 100), 100)).toEqual([]);
});

test('nothing after the endTime is left out', () => {
  expect(leftOut(movedTo(coverageFrom(0), 100, 300, 200), 300)).toEqual([{ from: 100, to: 200 }]);
  expect(skippedBy(coverageFrom(0), 200, 300, 200)).toBeNull();
});

test('after a reset to a cursor that nobody can read, the first page says what was left out', () => {
  const unknown = movedTo(coverageFrom(0), 100, null);
  expect(leftOut(unknown, 0)).toEqual([]);
  expect(leftOut(begunAt(unknown, 400), 500)).toEqual([{ from: 100, to: 400 }]);
  expect(leftOut(begunAt(unknown, 40), 100)).toEqual([]);
});

/** Where each reading ends, by how much it read, and where the next begins. */
const readings = fc.array(fc.record({ seconds: fc.nat({ max: 30 }), next: fc.nat({ max: 60 }) }), {
  maxLength: 25,
});

test('what it says is left out is what no reading has touched, whatever resets do', () => {
  fc.assert(
    fc.property(readings, (plan) => {
      const read = new Set<number>();
      let coverage: Coverage = coverageFrom(0);
      let watermark = 0;
      const advance = (seconds: number): void => {
        for (let second = watermark; second < watermark + seconds; second += 1) read.add(second);
        watermark += seconds;
      };
      for (const { seconds, next } of plan) {
        advance(seconds);
        coverage = movedTo(coverage, watermark, next);
        watermark = next;
      }
      const furthest = Math.max(coverage.furthest, watermark);
      const missing = Array.from({ length: furthest }, (_, second) => second).filter(
        (second) => !read.has(second),
      );
      const said = leftOut(coverage, watermark).flatMap(({ from, to }) =>
        Array.from({ length: to - from }, (_, index) => from + index),
      );
      // Many gaps become fewer, which says more.
      if (leftOut(coverage, watermark).length < 10) expect(said).toEqual(missing);
      else expect(said).toEqual(expect.arrayContaining(missing));
    }),
    { seed: 1, numRuns: 500 },
  );
});
