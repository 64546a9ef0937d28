import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DestinationRefused } from '../../../src/destinations/destination';
import { digest } from '../../../src/digest';
import { FilesDestination } from '../../../src/destinations/files/filesDestination';
import { folderFailure } from '../../../src/destinations/files/folderFailure';
import { textOf } from '../../../src/destinations/recordText';
import { isoTime, NOON, page, read, recordOf, ticket } from '../pages';
import { queryFiles, queryLake } from './lake';

const DAY = 86_400;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(async () => rm(folder, { recursive: true }));

function filesIn(path = folder): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();
}

function manifests(): { files: { path: string; records: number; bytes: number; sha256: string }[] }[] {
  return filesIn()
    .filter((name) => name.startsWith('export_pages/'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ReturnType<typeof manifests>[0]);
}

const spread = [ticket(1, NOON), ticket(2, NOON + 5), ticket(3, NOON + DAY), ticket(4, NOON + 300 * DAY)];
const user = read(`{\n  "id": 7,\n  "updated_at": "${isoTime(NOON + DAY)}"\n}`, 'users');
const rejected = [
  { kind: 'rejected', stream: 'tickets', reason: 'id: missing', json: '{"subject":"no id"}' },
] as const;

test.each(['ndjson', 'parquet'])(
  'a page of %s is a file a day, and a manifest that is true',
  async (format) => {
    const destination = new FilesDestination(`file:${folder}?format=${format}`);
    await destination.prepare();
    await destination.write(page(1, spread, { rejected, sideloads: new Map([['users', [user]]]) }));
    await destination.close();
    const extension = format === 'ndjson' ? 'ndjson.gz' : 'parquet';
    expect(filesIn().map((name) => name.replace(/-[0-9a-f]{16}\./, '.'))).toEqual([
      '_zendesk_export.json',
      'export_pages/subdomain=acme/export-1-00000-00000001.json',
      `quarantine/subdomain=acme/${digest(rejected[0].json)}.json`,
      `tickets/subdomain=acme/day=2023-11-14/export-1-00000-00000001.${extension}`,
      `tickets/subdomain=acme/day=2023-11-15/export-1-00000-00000001.${extension}`,
      `tickets/subdomain=acme/day=2024-09-09/export-1-00000-00000001.${extension}`,
      `users/subdomain=acme/day=2023-11-15/export-1-00000-00000001.${extension}`,
    ]);
    const [manifest] = manifests();
    expect(manifest?.files).toMatchObject([
      { records: 2, first: NOON, last: NOON + 5 },
      { records: 1, first: NOON + DAY, last: NOON + DAY },
      { records: 1 },
      { records: 1, first: NOON + DAY, last: NOON + DAY },
    ]);
    for (const { path, bytes, sha256 } of manifest?.files ?? []) {
      const body = readFileSync(join(folder, path));
      expect([body.length, createHash('sha256').update(body).digest('hex')]).toEqual([bytes, sha256]);
    }
  },
);

test.each(['ndjson', 'parquet'])(
  'what comes with a page of %s is one file a table, on the day of its newest version',
  async (format) => {
    const destination = new FilesDestination(`file:${folder}?format=${format}`);
    const users = [0, 300, 7, 150].map((days, index) => recordOf('users', index + 1, NOON + days * DAY));
    const sets = [read('{"id":5}', 'metric_sets')];
    const sideloads = new Map([
      ['users' as const, users],
      ['metric_sets' as const, sets],
      ['groups' as const, []],
    ]);
    await destination.write(page(1, [ticket(1)], { sideloads }));
    await destination.close();
    const days = filesIn().flatMap((name) => /^(\w+)\/.*\/(day=[^/]+)/.exec(name)?.slice(1).join(' ') ?? []);
    expect(days).toEqual(['metric_sets day=1970-01-01', 'tickets day=2023-11-14', 'users day=2024-09-09']);
    const [manifest] = manifests();
    expect(manifest?.files).toMatchObject([
      { records: 1, first: 0, last: 0 },
      { records: 1, first: NOON, last: NOON },
      { records: 4, first: NOON, last: NOON + 300 * DAY },
    ]);
    expect(
      await queryLake(folder, format === 'ndjson' ? 'ndjson' : 'parquet', 'SELECT count(*) AS n FROM users'),
    ).toEqual([{ n: 4 }]);
  },
);

test('NDJSON holds every record as Zendesk sent it, on one line', async () => {
  const destination = new FilesDestination(`file:${folder}`);
  await destination.write(page(1, spread.slice(0, 2), { sideloads: new Map([['users', [user]]]) }));
  const lines = filesIn()
    .filter((name) => name.endsWith('.gz'))
    .map((name) => gunzipSync(readFileSync(join(folder, name))).toString());
  expect(lines).toEqual([
    `${textOf(spread[0]?.json ?? '')}\n${textOf(spread[1]?.json ?? '')}\n`,
    `{   "id": 7,   "updated_at": "${isoTime(NOON + DAY)}" }\n`,
  ]);
});

test.each(['ndjson', 'parquet'])('a page of %s that is written again replaces itself', async (format) => {
  const destination = new FilesDestination(`file:${folder}?format=${format}`);
  const same = page(1, spread, { rejected });
  await destination.write(same);
  const before = filesIn();
  await destination.write(same);
  expect(filesIn()).toEqual(before);
  await destination.close();
});

test('an attempt that writes late takes nothing away from a later one', async () => {
  const destination = new FilesDestination(`file:${folder}`);
  await destination.write(page(1, [ticket(1), ticket(2, NOON + 1, { subject: 'newer' })]));
  await destination.write(page(1, [ticket(1), ticket(2, NOON)]));
  expect(
    await queryLake(folder, 'ndjson', "SELECT id, ticket->>'subject' AS subject FROM tickets ORDER BY id"),
  ).toEqual([
    { id: 1, subject: 'Ticket 1' },
    { id: 2, subject: 'newer' },
  ]);
});

test('what a writer that died has left is never read, and is removed in time', async () => {
  const destination = new FilesDestination(`file:${folder}`);
  await destination.write(page(1, [ticket(1)]));
  const left = [join(folder, '_tmp', randomUUID()), join(folder, '_tmp', randomUUID())] as const;
  for (const path of left) writeFileSync(path, '{"id":1,"generated_timestamp":');
  utimesSync(left[0], 0, 0);
  expect(await queryLake(folder, 'ndjson', 'SELECT id FROM tickets')).toEqual([{ id: 1 }]);
  await destination.prepare();
  expect(filesIn(join(folder, '_tmp'))).toEqual([left[1].slice(folder.length + 6)]);
});

test('a root is of one format', async () => {
  await new FilesDestination(`file:${folder}?format=parquet`).prepare();
  await new FilesDestination(`file:${folder}?format=parquet`).prepare();
  const other = new FilesDestination(`file:${folder}`).prepare();
  await expect(other).rejects.toThrow(DestinationRefused);
  await expect(other).rejects.toThrow(/already holds parquet files,.*\?format=ndjson/);
});

// As `docs/destinations.md` has them.
const NEWEST = {
  ndjson: `SELECT * FROM read_json('tickets/*/*/*.ndjson.gz', columns = {id: 'BIGINT', generated_timestamp: 'BIGINT', status: 'VARCHAR'}, hive_partitioning = true, filename = true) QUALIFY row_number() OVER (PARTITION BY subdomain, id ORDER BY generated_timestamp DESC, filename DESC) = 1`,
  parquet: `SELECT * FROM read_parquet('tickets/*/*/*.parquet', hive_partitioning = true, filename = true) QUALIFY row_number() OVER (PARTITION BY subdomain, id ORDER BY generated_timestamp DESC, filename DESC) = 1`,
};

test.each(['ndjson', 'parquet'] as const)(
  'the documented query finds the newest versions in %s',
  async (format) => {
    const destination = new FilesDestination(`file:${folder}?format=${format}`);
    await destination.write(page(1, spread));
    await destination.write(page(2, [ticket(1, NOON + DAY, { status: 'solved' }), ticket(2, NOON - DAY)]));
    await destination.close();
    const query = NEWEST[format].replace("'tickets/", `'${folder}/tickets/`);
    expect(
      await queryFiles([], `SELECT id, status, subdomain, day::VARCHAR FROM (${query}) ORDER BY id`),
    ).toEqual([
      [1n, 'solved', 'acme', '2023-11-15'],
      [2n, 'open', 'acme', '2023-11-14'],
      [3n, 'open', 'acme', '2023-11-15'],
      [4n, 'open', 'acme', '2024-09-09'],
    ]);
  },
);

test('a place where no folder can be', async () => {
  writeFileSync(join(folder, 'file'), '');
  const prepared = new FilesDestination(`file:${folder}/file/export`).prepare();
  await expect(prepared).rejects.toThrow(DestinationRefused);
  await expect(prepared).rejects.toThrow(/ENOTDIR.*name another folder, then resume\.$/);
});

test.each([
  ['ENOSPC', true],
  ['EROFS', true],
  ['EACCES', true],
  ['EIO', false],
  ['EMFILE', false],
])('%s is an operator’s business: %s', (code, refused) => {
  const failure = folderFailure(Object.assign(new Error(`${code}: no luck`), { code }), 'Folder ./export');
  expect(failure instanceof DestinationRefused).toBe(refused);
  expect(failure.message).toContain(`Folder ./export: ${code}: no luck`);
});
