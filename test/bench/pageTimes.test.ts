import { pageTimes, timeAround } from '../../src/bench/pageTimes';

describe('the time of a page', () => {
  test('is that since the end of the page before, by the log', () => {
    const began = Date.parse('2026-01-01T00:00:00.000Z');
    const log = [
      'not JSON',
      '{"time":"2026-01-01T00:00:00.500Z","message":"page exported","page":0}',
      '{"time":"2026-01-01T00:00:00.550Z","message":"something else"}',
      '{"time":"2026-01-01T00:00:00.620Z","message":"page exported","page":1}',
      '{"time":"2026-01-01T00:00:00.700Z","message":"page exported","page":2}',
      '',
    ].join('\n');
    expect(pageTimes(log, began)).toEqual([500, 120, 80]);
  });

  test('around a page is the median of its 20 neighbours, also at both ends', () => {
    const pageMs = Array.from({ length: 100 }, (_, index) => index);
    expect([1, 10, 50, 100].map((page) => timeAround(pageMs, page))).toEqual([10, 10, 50, 90]);
    expect(timeAround([5, 1000, 6], 2)).toBe(6);
  });
});
