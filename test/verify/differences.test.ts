import fc from 'fast-check';
import { candidatesOf, differenceOf } from '../../src/verify/differences';
import { watermarkOf, type ReadPage } from '../../src/verify/watermark';

const BOUND = 1000;
const tickets = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 30 }),
    updatedAt: fc.integer({ min: 0, max: 1200 }),
    deleted: fc.boolean(),
  }),
  { selector: ({ id }) => id },
);

test('whatever differs is a candidate, and a candidate that is the same on both sides is none', () => {
  fc.assert(
    fc.property(tickets, tickets, (here, shown) => {
      const there = shown.filter(({ deleted }) => !deleted);
      const candidates = candidatesOf(here, there, BOUND);
      expect(candidates).toEqual([...new Set(candidates)].sort((one, other) => one - other));
      for (let id = 1; id <= 30; id += 1) {
        const row = here.find((ticket) => ticket.id === id);
        const ticket = there.find((other) => other.id === id);
        const difference = differenceOf(
          {
            here: row && { ...row, supportType: null },
            there: ticket && { ...ticket, supportType: 'agent' },
            isDeletedSince: false,
          },
          BOUND,
          'all',
        );
        expect({ id, candidate: candidates.includes(id) }).toEqual({
          id,
          candidate: difference !== undefined,
        });
      }
    }),
  );
});

const there = { id: 1, updatedAt: 500, supportType: 'agent' };
const here = { id: 1, updatedAt: 500, deleted: false, supportType: 'agent' };

test.each([
  ['missing', { here: undefined, there, isDeletedSince: null }],
  ['stale', { here: { ...here, updatedAt: 499 }, there, isDeletedSince: null }],
  ['stale', { here: { ...here, updatedAt: null }, there, isDeletedSince: null }],
  ['stale', { here: { ...here, deleted: true }, there, isDeletedSince: null }],
  ['extra', { here, there: undefined, isDeletedSince: false }],
  // The index was behind, or the export has got there meanwhile.
  [undefined, { here, there, isDeletedSince: null }],
  [undefined, { here: { ...here, updatedAt: 501 }, there, isDeletedSince: null }],
  [undefined, { here: { ...here, deleted: true }, there: undefined, isDeletedSince: false }],
  // Nobody can tell.
  [undefined, { here: undefined, there: { ...there, updatedAt: 1001 }, isDeletedSince: null }],
  [undefined, { here, there: undefined, isDeletedSince: true }],
  [undefined, { here, there: undefined, isDeletedSince: null }],
  [undefined, { here: { ...here, supportType: 'ai_agent' }, there: undefined, isDeletedSince: false }],
])('%s', (difference, evidence) => {
  expect(differenceOf(evidence, BOUND, 'all')).toBe(difference);
});

const page: ReadPage = {
  exportId: 'one',
  epoch: 0,
  page: 9,
  range: 0,
  until: null,
  writtenAt: 10_000,
  endOfStream: false,
  endTime: 5000,
  afterCursor: null,
  last: 5000,
  endpoint: 'time',
  byUpdate: false,
};

test.each<[string, readonly ReadPage[], number | null]>([
  ['none without a page', [], null],
  ['that of a page, less a minute', [page], 4940],
  ['the last minutes, where a page has seen the end', [{ ...page, endOfStream: true }], 10_000 - 300 - 60],
  ['the least of ranges', [page, { ...page, page: 8, range: 1, endTime: 3000 }], 2940],
  ['that of the newest page of a range', [page, { ...page, page: 8, endTime: 3000 }], 4940],
  ['that of open ranges', [page, { ...page, page: 8, range: 1, endTime: 3000, until: 2999 }], 4940],
  ['the end of an export that has one', [{ ...page, until: 4000 }], 3940],
  ['that of the newest export', [page, { ...page, exportId: 'two', endTime: 3000 }], 4940],
  [
    'that of a cursor',
    [{ ...page, endTime: null, last: null, afterCursor: Buffer.from('4000.0||7|').toString('base64') }],
    3940,
  ],
  ['none where a page says nothing', [{ ...page, endTime: null, last: null }], null],
])('the watermark is %s', (_, pages, watermark) => {
  expect(watermarkOf(pages)).toBe(watermark);
});
