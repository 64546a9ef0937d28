import fc from 'fast-check';
import { Account } from '../../src/simulator/account';
import type { TicketSet } from '../../src/simulator/ticketSet';
import { cursorPage } from '../../src/simulator/cursorExport';
import { timePage } from '../../src/simulator/timeExport';

const options = {
  seed: 1,
  subdomain: 'demo',
  tickets: 40,
  from: 1000,
  to: 1100,
  burst: [],
  shapes: [{ bytes: 1500 }],
  metricSets: 'nested' as const,
  population: { users: 10, organizations: 5, ratings: 4 },
};
const everything = { lastSecond: 10_000, accepts: () => true };

const changes = fc.array(
  fc.oneof(
    fc.record({ id: fc.integer({ min: 1, max: 40 }), at: fc.integer({ min: 1000, max: 1200 }) }),
    fc.record({ add: fc.integer({ min: 1000, max: 1200 }) }),
  ),
  { maxLength: 200 },
);

function changed(list: readonly ({ id: number; at: number } | { add: number })[]): TicketSet {
  const { tickets: set } = new Account(options);
  for (const change of list) {
    if ('add' in change) set.add(change.add);
    else set.change(change.id, change.at);
  }
  return set;
}

const newest = (set: TicketSet): number[] =>
  Array.from({ length: set.size }, (_, index) => index + 1).sort(
    (a, b) => set.version(a) - set.version(b) || a - b,
  );

describe('the stream of an account', () => {
  test('holds each ticket once, at its newest place, after any changes', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const set = changed(list);
        const seen: number[] = [];
        set.scan({ second: 0, id: 0 }, 10_000, (second, id) => {
          expect(second).toBe(set.version(id));
          seen.push(id);
          return true;
        });
        expect(seen).toEqual(newest(set));
      }),
    );
  });

  test('is given in full by cursors of any page size', () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 1, max: 50 }), (list, perPage) => {
        const set = changed(list);
        const seen: number[] = [];
        let from: Parameters<typeof cursorPage>[1]['from'] = 0;
        for (;;) {
          const page = cursorPage(set, { ...everything, from, perPage });
          seen.push(...page.ids);
          if (page.endOfStream) break;
          from = page.after ?? fail();
        }
        expect(seen).toEqual(newest(set));
      }),
    );
  });

  test('is given in full by end_time with expansion, of any page size, and always advances', () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 1, max: 50 }), (list, perPage) => {
        const set = changed(list);
        const seen = new Set<number>();
        for (let startTime = 0; ;) {
          const page = timePage(set, {
            ...everything,
            startTime,
            perPage,
            pinned: 'expand',
            expandLimit: Infinity,
          });
          for (const id of page.ids) seen.add(id);
          if (page.endOfStream) break;
          expect(page.endTime).toBeGreaterThan(startTime);
          startTime = page.endTime ?? fail();
        }
        expect(seen.size).toBe(set.size);
      }),
    );
  });

  test('stays right while thousands of tickets move and its stale rows are dropped', () => {
    const { tickets: set } = new Account({ ...options, tickets: 3000 });
    for (let round = 0; round < 5; round += 1)
      for (let id = 1; id <= 2000; id += 1) set.change(id, 2000 + round);
    const seen: number[] = [];
    set.scan({ second: 0, id: 0 }, 10_000, (_, id) => seen.push(id) > 0);
    expect(seen).toEqual(newest(set));
  });
});

function fail(): never {
  throw new Error('the page before the end has no position');
}
