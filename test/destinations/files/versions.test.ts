import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { compactRecords } from '../../../src/destinations/files/compactRecords';
import { FilesDestination } from '../../../src/destinations/files/filesDestination';
import { parseLocation } from '../../../src/destinations/files/location';
import { STREAMS } from '../../../src/streams';
import type { RecordVersion } from '../../../src/streams/record';
import { recordReader } from '../../../src/zendesk/recordReader';
import { page } from '../pages';
import { queryFiles } from './lake';

const two = (most: number): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(2, '0'));

/** Times of every form that Zendesk could write, most of them right. */
const times = fc
  .record({
    year: fc.oneof(fc.integer({ min: 1969, max: 2040 }), fc.integer({ min: 1000, max: 9998 })),
    month: two(12),
    day: two(31),
    clock: fc.tuple(two(23), two(59), two(59)),
    fraction: fc.oneof(
      fc.constant(''),
      fc.stringMatching(/^\.[0-9]{1,9}$/),
      fc.constantFrom('.9999999', '.000'),
    ),
    zone: fc.oneof(fc.constantFrom('Z', '+00:00', '-00:00', '+05:30', '-14:00'), fc.constant('')),
  })
  .map(
    ({ year, month, day, clock, fraction, zone }) =>
      `${year}-${month}-${day}T${clock.join(':')}${fraction}${zone}`,
  );

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'versions-'));
});
afterEach(async () => rm(folder, { recursive: true }));

test.each(['ndjson', 'parquet'])(
  '%s is read with the versions that its records had as they were read',
  async (format) => {
    const records: RecordVersion[] = [];
    for (const [index, time] of fc.sample(times, 1000).entries()) {
      const record = recordReader(STREAMS.users).read(JSON.stringify({ id: index + 1, updated_at: time }));
      if (record.kind === 'record') records.push(record);
    }
    expect(records.length).toBeGreaterThan(300);
    const url = `file:${folder}?format=${format}`;
    const destination = new FilesDestination(url);
    await destination.write(page(1, records, { stream: 'users' }));
    await destination.close();
    const { store } = parseLocation(url);
    await compactRecords(store, STREAMS.users);
    const expected = records.map(({ id, version }) => [BigInt(id), BigInt(version)]);
    const found = await queryFiles(
      [],
      `SELECT id, version FROM read_parquet('${folder}/users_latest/*/*.parquet') ORDER BY id`,
    );
    expect(found).toEqual(expected);
    if (format === 'parquet')
      expect(
        await queryFiles(
          [],
          `SELECT id, version FROM read_parquet('${folder}/users/*/*/*.parquet') ORDER BY id`,
        ),
      ).toEqual(expected);
  },
);
