import fc from 'fast-check';
import { Account } from '../../src/simulator/account';
import { cursorPage, decodeCursor } from '../../src/simulator/cursorExport';
import { timePage } from '../../src/simulator/timeExport';

const options = {
  seed: 1,
  subdomain: 'demo',
  tickets: 40,
  from: 1000,
  to: 1100,
  burst: [],
  shapes: [{ bytes: 1500 }],
};
const everything = { lastSecond: 10_000, accepts: () => true };

const changes = fc.array(
  fc.oneof(
    fc.record({ id: fc.integer({ min: 1, max: 40 }), at: fc.integer({ min: 1000, max: 1200 }) }),
    fc.record({ add: fc.integer({ min: 1000, max: 1200 }) }),
  ),
  { maxLength: 200 },
);

function changed(list: readonly ({ id: number; at: number } | { add: number })[]): Account {
  const account = new Account(options);
  for (const change of list) {
    if ('add' in change) account.add(change.add);
    else account.change(change.id, change.at, undefined, {});
  }
  return account;
}

const newest = (account: Account): number[] =>
  Array.from({ length: account.size }, (_, index) => index + 1).sort(
    (a, b) => account.generatedTimestamp(a) - account.generatedTimestamp(b) || a - b,
  );

describe('the stream of an account', () => {
  test('holds each ticket once, at its newest place, after any changes', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const account = changed(list);
        const seen: number[] = [];
        account.scan(0, 10_000, (second, id) => {
          expect(second).toBe(account.generatedTimestamp(id));
          seen.push(id);
          return true;
        });
        expect(seen).toEqual(newest(account));
      }),
    );
  });

  test('is given in full by cursors of any page size', () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 1, max: 50 }), (list, perPage) => {
        const account = changed(list);
        const seen: number[] = [];
        let from: Parameters<typeof cursorPage>[1]['from'] = 0;
        for (;;) {
          const page = cursorPage(account, { ...everything, from, perPage });
          seen.push(...page.ids);
          if (page.endOfStream) break;
          from = decodeCursor(page.afterCursor ?? '') ?? fail();
        }
        expect(seen).toEqual(newest(account));
      }),
    );
  });

  test('is given in full by end_time with expansion, of any page size, and always advances', () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 1, max: 50 }), (list, perPage) => {
        const account = changed(list);
        const seen = new Set<number>();
        for (let startTime = 0; ;) {
          const page = timePage(account, {
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
        expect(seen.size).toBe(account.size);
      }),
    );
  });

  test('stays right while thousands of tickets move and its stale rows are dropped', () => {
    const account = new Account({ ...options, tickets: 3000 });
    for (let round = 0; round < 5; round += 1)
      for (let id = 1; id <= 2000; id += 1) account.change(id, 2000 + round, undefined, {});
    const seen: number[] = [];
    account.scan(0, 10_000, (_, id) => seen.push(id) > 0);
    expect(seen).toEqual(newest(account));
  });
});

function fail(): never {
  throw new Error('the page before the end has no position');
}
