import fc from 'fast-check';
import { FREE, spend } from '../../workflows/pace';

const T = 1_750_000_000_000;

it('is free until the own share of a minute is used up', () => {
  let pace = FREE;
  for (let request = 0; request < 10; request += 1) {
    expect(pace.freeAt).toBeLessThanOrEqual(T + request);
    pace = spend(pace, 1, null, { askedAt: T + request, now: T + request, perMinute: 10 });
  }
  expect(pace.freeAt).toBe(T + 60_000);
});

it('waits for the bucket that Zendesk shows, where that is tighter', () => {
  const quota = { total: 10, remaining: 0, resetsInSeconds: 41 };
  const pace = spend(FREE, 1, quota, { askedAt: T, now: T + 500, perMinute: 10 });
  expect(pace.freeAt).toBe(T + 41_500);
});

it('lets a share that is no whole number be', () => {
  const pace = spend(FREE, 1, null, { askedAt: T, now: T, perMinute: 1.5 });
  expect(pace.freeAt).toBe(T + 60_000);
});

it('never asks more often in a window than it may, whatever a page costs', () => {
  const requests = fc.array(fc.record({ took: fc.nat({ max: 20_000 }), idle: fc.nat({ max: 90_000 }) }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), requests, (perMinute, pages) => {
      let now = T;
      let pace = FREE;
      const windows = new Map<number, number>();
      for (const { took, idle } of pages) {
        now = Math.max(now + idle, pace.freeAt);
        const askedAt = now;
        now += took;
        pace = spend(pace, 1, null, { askedAt, now, perMinute });
        windows.set(pace.windowStart, (windows.get(pace.windowStart) ?? 0) + 1);
      }
      for (const used of windows.values()) expect(used).toBeLessThanOrEqual(perMinute);
      const starts = [...windows.keys()];
      for (const [index, start] of starts.entries())
        expect(start - (starts[index - 1] ?? -Infinity)).toBeGreaterThanOrEqual(60_000);
    }),
    { seed: 1 },
  );
});
