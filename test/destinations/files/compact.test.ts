import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { compactRecords } from '../../../src/destinations/files/compactRecords';
import { STREAMS } from '../../../src/streams';
import type { RecordVersion } from '../../../src/streams/record';
import { tickets } from '../../../src/streams/tickets';
import { FilesDestination } from '../../../src/destinations/files/filesDestination';
import { parseLocation } from '../../../src/destinations/files/location';
import { startSimulator, type Simulator } from '../../../src/simulator';
import { ACCESS_KEY, BUCKET, SECRET_KEY, startS3 } from '../../../src/development/s3';
import { NOON, page, read, recordOf, ticket } from '../pages';
import { queryFiles } from './lake';

const TICKETS = 250;

let folder: string;
let simulator: Simulator;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
  simulator = await startSimulator({ tickets: TICKETS, from: NOON, to: NOON + 20 * 86_400 });
});
afterEach(async () => {
  await simulator.close();
  await rm(folder, { recursive: true });
});

/** Every ticket as it is now, in pages of the export's order. */
async function exportAll(destination: FilesDestination, epoch: number): Promise<void> {
  const versions = [...simulator.newestVersions()]
    .sort((one, other) => one.generatedTimestamp - other.generatedTimestamp)
    .map((version) => read(version.json()));
  for (let from = 0; from < versions.length; from += 100) {
    const { key, ...rest } = page(from / 100 + 1, versions.slice(from, from + 100));
    await destination.write({ ...rest, key: { ...key, epoch } });
  }
}

function change(): void {
  for (let id = 1; id <= TICKETS; id += 7) simulator.update(id);
  simulator.delete(2);
  simulator.scrub(3);
  simulator.create(5);
}

/** Ticket by id, as the compacted files have it. */
async function latest(root: string): Promise<Map<number, string>> {
  const files = `read_parquet('${root}/tickets_latest/*/*.parquet', hive_partitioning = true)`;
  const rows = await queryFiles([], `SELECT id, ticket FROM ${files} WHERE subdomain = 'acme'`);
  return new Map(rows.map(([id, json]) => [Number(id), String(json)]));
}

function truth(): Map<number, string> {
  return new Map([...simulator.newestVersions()].map((version) => [version.id, version.json()]));
}

test.each(['ndjson', 'parquet'])('compacted %s is the newest version of every ticket', async (format) => {
  const url = `file:${folder}?format=${format}`;
  const destination = new FilesDestination(url);
  await exportAll(destination, 0);
  change();
  await exportAll(destination, 1);
  await destination.close();
  const { store } = parseLocation(url);
  expect(await compactRecords(store, tickets)).toEqual({ records: TICKETS + 5, files: 1, foreign: [] });
  expect(await latest(folder)).toEqual(truth());
});

test('can be run again, and what it leaves of accounts and ids is apart', async () => {
  const destination = new FilesDestination(`file:${folder}`);
  await exportAll(destination, 0);
  await destination.write(
    page(99, [ticket(100_000), ticket(99_999), ticket(2_345_678)], { subdomain: '42' }),
  );
  const { store } = parseLocation(`file:${folder}`);
  const names = (): string[] =>
    readdirSync(join(folder, 'tickets_latest'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('t'))
      .sort();
  for (let run = 0; run < 2; run += 1) {
    expect(await compactRecords(store, tickets)).toEqual({ records: TICKETS + 3, files: 4, foreign: [] });
    expect(names()).toEqual([
      'subdomain=42/00000000.parquet',
      'subdomain=42/00000001.parquet',
      'subdomain=42/00000023.parquet',
      'subdomain=acme/00000000.parquet',
    ]);
  }
  change();
  await exportAll(destination, 1);
  expect(await compactRecords(store, tickets)).toMatchObject({ records: TICKETS + 8 });
  expect(await latest(folder)).toEqual(truth());
});

test('the later page wins within a second', async () => {
  const destination = new FilesDestination(`file:${folder}`);
  await destination.write(page(9, [ticket(1, NOON, { subject: 'first' })]));
  await destination.write(page(10, [ticket(1, NOON, { subject: 'second' })]));
  await compactRecords(parseLocation(`file:${folder}`).store, tickets);
  expect((await latest(folder)).get(1)).toContain('second');
});

/** One of each kind. */
const KINDS = [
  'tickets',
  'users',
  'organizations',
  'ticket_metric_events',
  'user_identities',
  'groups',
  'tags',
] as const;

describe.each(KINDS)('of %s', (name) => {
  const { [name]: stream } = STREAMS;
  const deleted = { active: false, deleted: true, deleted_at: '2024-01-01T00:00:00Z', status: 'deleted' };

  test.each(['ndjson', 'parquet'])(
    'compacted %s is the newest version, typed as a page is',
    async (format) => {
      const url = `file:${folder}?format=${format}`;
      const destination = new FilesDestination(url);
      const write = async (number: number, ...records: RecordVersion[]): Promise<unknown> =>
        destination.write(page(number, records, { stream: name }));
      await write(1, recordOf(name, 1, NOON), recordOf(name, 2, NOON + 90_000, { mark: 'newest' }));
      await write(
        2,
        recordOf(name, 1, NOON + 200_000, { mark: 'newest', ...deleted }),
        recordOf(name, 2, NOON),
      );
      const isFirst = stream.name === 'tickets';
      if (!isFirst) await write(3, recordOf(name, -1, NOON, { mark: 'newest' }));
      await destination.close();
      const { store } = parseLocation(url);
      expect(await compactRecords(store, stream)).toEqual({
        records: isFirst ? 2 : 3,
        files: 1,
        foreign: [],
      });
      const rows = await queryFiles(
        [],
        `SELECT id, ${stream.version.column}, deleted, ${stream.raw}::JSON->>'mark'
       FROM read_parquet('${folder}/${name}_latest/*/*.parquet') ORDER BY id`,
      );
      expect(rows.map(([id, ...rest]) => [Number(id), ...rest])).toEqual([
        ...(isFirst ? [] : [[-1, BigInt(NOON), false, 'newest']]),
        [1, BigInt(NOON + 200_000), stream.deleted !== null, 'newest'],
        [2, BigInt(NOON + 90_000), false, 'newest'],
      ]);
    },
  );
});

test.each(['ndjson', 'parquet'])(
  'compacted sweeps in %s say what is gone, also once the sweeps that had it are deleted',
  async (format) => {
    const url = `file:${folder}?format=${format}`;
    const destination = new FilesDestination(url);
    const sweep = async (began: number, ids: readonly number[], isComplete = true): Promise<unknown> =>
      destination.write(
        page(
          began * 10 + Number(isComplete),
          ids.map((id) => recordOf('groups', id, NOON)),
          { stream: 'groups', sweep: { began: NOON + began, isComplete } },
        ),
      );
    const latest = async (): Promise<unknown[]> => {
      await compactRecords(parseLocation(url).store, STREAMS.groups);
      return queryFiles(
        [],
        `SELECT id::INTEGER, deleted FROM read_parquet('${folder}/groups_latest/*/*.parquet') ORDER BY id`,
      );
    };
    await sweep(1, [1, 2, 3]);
    await sweep(2, [1], false);
    expect(await latest()).toEqual([
      [1, false],
      [2, false],
      [3, false],
    ]);
    await sweep(2, [3]);
    const withoutSecond = [
      [1, false],
      [2, true],
      [3, false],
    ];
    expect(await latest()).toEqual(withoutSecond);
    await rm(join(folder, 'groups', 'subdomain=acme', 'sweep=20231114T221321Z'), { recursive: true });
    expect(await latest()).toEqual(withoutSecond);
    await sweep(3, [2]);
    expect(await latest()).toEqual([
      [1, true],
      [2, false],
      [3, true],
    ]);
    await destination.close();
  },
);

test.each(['ndjson', 'parquet'] as const)(
  'sideloads that an earlier release wrote as %s are compacted by the time they have',
  async (format) => {
    const old = join(folder, 'users', 'subdomain=acme', `run-00000-00000001-0123456789abcdef`);
    await mkdir(dirname(old), { recursive: true });
    const objects = [
      { id: 1, updated_at: '2020-01-01T00:00:00Z', mark: 'old' },
      { id: 2, updated_at: null, mark: 'old' },
      { id: 3, mark: 'old' },
      { id: 4, updated_at: '2030-01-01T00:00:00Z', mark: 'old' },
    ].map((object) => JSON.stringify(object));
    if (format === 'ndjson') await writeFile(`${old}.ndjson.gz`, gzipSync(objects.join('\n')));
    else
      await queryFiles(
        [
          `COPY (SELECT (o::JSON->>'id')::BIGINT AS id, (o::JSON->>'updated_at')::TIMESTAMPTZ AS updated_at, o AS object
         FROM (SELECT unnest([${objects.map((object) => `'${object}'`).join(', ')}]) AS o)) TO '${old}.parquet' (FORMAT parquet)`,
        ],
        'SELECT 1',
      );
    const url = `file:${folder}?format=${format}`;
    const destination = new FilesDestination(url);
    const users = [1, 2, 4].map((id) => recordOf('users', id, NOON, { mark: 'new' }));
    await destination.write(page(1, [ticket(1)], { sideloads: new Map([['users', users]]) }));
    await destination.close();
    expect(await compactRecords(parseLocation(url).store, STREAMS.users)).toEqual({
      records: 4,
      files: 1,
      foreign: [],
    });
    const latest = `read_parquet('${folder}/users_latest/*/*.parquet', hive_partitioning = true)`;
    expect(
      await queryFiles(
        [],
        `SELECT id, object::JSON->>'mark' FROM ${latest} WHERE subdomain = 'acme' ORDER BY id`,
      ),
    ).toEqual([
      [1n, 'new'],
      [2n, 'new'],
      [3n, 'old'],
      // As new as it says.
      [4n, 'old'],
    ]);
  },
);

test('has nothing to do where nothing is', async () => {
  expect(await compactRecords(parseLocation(`file:${folder}`).store, tickets)).toEqual({
    records: 0,
    files: 0,
    foreign: [],
  });
});

test('compacts a bucket', async () => {
  process.env.AWS_ACCESS_KEY_ID = ACCESS_KEY;
  process.env.AWS_SECRET_ACCESS_KEY = SECRET_KEY;
  const server = await startS3();
  try {
    const url = `s3://${BUCKET}/a/b?format=parquet&${server.query}`;
    const destination = new FilesDestination(url);
    await exportAll(destination, 0);
    change();
    await exportAll(destination, 1);
    await destination.close();
    const { store } = parseLocation(url);
    expect(await compactRecords(store, tickets)).toEqual({ records: TICKETS + 5, files: 1, foreign: [] });
    store.close();
    expect(await latest(join(server.folder, 'a', 'b'))).toEqual(truth());
  } finally {
    await server.remove();
  }
}, 600_000);
