import fc from 'fast-check';
import type { PageRequest, PageSummary } from '../../src/contract/page';
import { boundaryBefore, checkpointOf, writtenBefore } from '../../src/export/checkpoint';
import { MemoryDestination } from '../support/memoryDestination';
import { mutated, mutatedJson } from '../support/mutations';

const SUMMARY: PageSummary = {
  received: 100,
  written: 90,
  deleted: 1,
  repeated: 4,
  filtered: 5,
  quarantined: 1,
  bytes: 150_000,
  first: 1_700_000_000,
  last: 1_700_000_900,
  onLastSecond: 2,
  endTime: 1_700_000_900,
  afterCursor: 'MTcwMDAwMDkwMC4wfHwyfA==',
  endOfStream: false,
  pinned: false,
  newKeys: ['new_key'],
  requests: 1,
  quota: null,
};
const REQUEST: PageRequest = {
  subdomain: 'acme',
  key: { exportId: 'export-1', epoch: 0, page: 1 },
  range: 0,
  position: { endpoint: 'time', startTime: 1_700_000_000 },
  perPage: 100,
  include: ['users'],
  supportTypeScope: 'all',
  excludeDeleted: false,
};
const ATTEMPT = { of: 'run page 1', number: 2 };
const BOUNDARY = {
  second: 1_700_000_900,
  versions: new Map([
    [1, '0123456789abcdef'],
    [2, 'fedcba9876543210'],
  ]),
  rejected: new Set(['0011223344556677']),
};
const CHECKPOINT = checkpointOf(REQUEST, ATTEMPT, SUMMARY, BOUNDARY);

/** A destination in which somebody, or a failing disk, has changed the checkpoint of the page. */
async function holding(checkpoint: string): Promise<MemoryDestination> {
  const destination = new MemoryDestination();
  await destination.write({
    subdomain: REQUEST.subdomain,
    key: REQUEST.key,
    tickets: [],
    rejected: [],
    sideloads: new Map(),
    position: 'start_time 1700000000',
    first: null,
    last: null,
    checkpoint: () => checkpoint,
  });
  return destination;
}

test('a checkpoint is the page’s as it was written', async () => {
  const destination = await holding(CHECKPOINT);
  expect(await writtenBefore(destination, REQUEST, ATTEMPT)).toEqual(SUMMARY);
  expect(await boundaryBefore(destination, { ...REQUEST, previous: REQUEST.key })).toEqual(BOUNDARY);
});

test('a changed checkpoint is as good as none, or as whole as another', async () => {
  const texts = fc.oneof(
    mutated(CHECKPOINT),
    mutatedJson(JSON.parse(CHECKPOINT)).map((value) => JSON.stringify([value]).slice(1, -1)),
  );
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const destination = await holding(text);
      const summary = await writtenBefore(destination, REQUEST, ATTEMPT);
      if (summary !== undefined) {
        expect(Object.keys(summary).sort()).toEqual(Object.keys(SUMMARY).sort());
        for (const [name, value] of Object.entries(summary)) {
          if (typeof value === 'number')
            expect([name, Number.isSafeInteger(value) && value >= 0]).toEqual([name, true]);
        }
      }
      const { second, versions, rejected } = await boundaryBefore(destination, {
        ...REQUEST,
        previous: REQUEST.key,
      });
      expect(second === null || Number.isSafeInteger(second)).toBe(true);
      expect(
        [...versions].every(([id, digest]) => Number.isSafeInteger(id) && typeof digest === 'string'),
      ).toBe(true);
      expect([...rejected].every((digest) => typeof digest === 'string')).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('a checkpoint of something else that was asked is none', async () => {
  await fc.assert(
    fc.asyncProperty(mutatedJson(REQUEST), async (other) => {
      const checkpoint = JSON.stringify({ ...(JSON.parse(CHECKPOINT) as object), request: other });
      const same = JSON.stringify(other) === JSON.stringify(REQUEST);
      const summary = await writtenBefore(await holding(checkpoint), REQUEST, ATTEMPT);
      expect(summary).toEqual(same ? SUMMARY : undefined);
    }),
    { numRuns: 500 },
  );
});
