import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { compactRecords } from '../../../src/destinations/files/compactRecords';
import { STREAMS } from '../../../src/streams';
import { tickets } from '../../../src/streams/tickets';
import { FilesDestination } from '../../../src/destinations/files/filesDestination';
import { FolderStore } from '../../../src/destinations/files/folderStore';
import { quarantinedAt, recordsFiles } from '../../../src/destinations/files/layout';
import { MemoryStore } from '../../support/memoryStore';
import { NOON, page, recordOf, ticket } from '../pages';
import { queryFiles } from './lake';

const isTicketsFile = (name: string): boolean => recordsFiles(tickets).pattern.test(name);

let folder: string;
const { TMPDIR } = process.env;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'names-'));
});
afterEach(async () => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  await rm(folder, { recursive: true });
});

/** What a page of three tickets is in files, by name. */
async function written(root: string): Promise<Map<string, Buffer>> {
  const destination = new FilesDestination(`file:${root}`);
  await destination.write(
    page(1, [ticket(1), ticket(2), ticket(3)], {
      rejected: [{ kind: 'rejected', stream: 'tickets', reason: 'id: missing', json: '{"subject":"no id"}' }],
    }),
  );
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  return new Map(names.map((name) => [name, readFileSync(join(root, name))]));
}

/** A name with parts put in, left out or replaced by what means something to a file system. */
function distorted(name: string): fc.Arbitrary<string> {
  const segment = fc.constantFrom(
    '..',
    '.',
    '',
    '~',
    '*',
    '[a]',
    '\0',
    'C:',
    '..\\..',
    '%2e%2e',
    'day=2024-01-01',
  );
  const edit = fc.tuple(fc.nat(name.split('/').length), fc.nat(1), fc.array(segment, { maxLength: 6 }));
  return fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => {
    const parts = name.split('/');
    for (const [at, taken, put] of edits) parts.splice(at, taken, ...put);
    return parts.join('/');
  });
}

test('no name in a bucket leads out of the temporary folder, or into the compacted tickets', async () => {
  const objects = await written(join(folder, 'export'));
  await rm(join(folder, 'export'), { recursive: true });
  const [own = ''] = [...objects.keys()].filter((name) => name.startsWith('tickets/'));
  // Deep enough for every name to end in what is looked at.
  process.env.TMPDIR = join(folder, 'deep/'.repeat(23));
  await mkdir(process.env.TMPDIR, { recursive: true });
  const below = (): string[] => readdirSync(folder, { recursive: true }).map(String).sort();
  const before = below();
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          distorted(own),
          fc.string().map((text) => `tickets/${text}`),
        ),
        { maxLength: 4 },
      ),
      async (names) => {
        const store = new MemoryStore();
        for (const [name, body] of objects) store.objects.set(name, body);
        const foreign = new Set(names.filter((name) => name.startsWith('tickets/') && !isTicketsFile(name)));
        for (const name of foreign) store.objects.set(name, Buffer.from('{"id":4}\n'));
        const compacted = await compactRecords(store, tickets);
        expect(compacted).toMatchObject({ records: 3, files: 1 });
        expect(new Set(compacted.foreign)).toEqual(foreign);
        expect(below()).toEqual(before);
      },
    ),
    { numRuns: 15, examples: [[['tickets/../../x', 'tickets/', `tickets/${'../'.repeat(20)}x.ndjson.gz`]]] },
  );
});

test('names are the export’s own only as it gives them', async () => {
  const names = [...(await written(join(folder, 'export'))).keys()];
  expect(names.filter((name) => isTicketsFile(name))).toHaveLength(1);
  expect(names.filter((name) => quarantinedAt(name) !== undefined)).toHaveLength(1);
  fc.assert(
    fc.property(fc.constantFrom(...names).chain(distorted), (name) => {
      if (!isTicketsFile(name) && quarantinedAt(name) === undefined) return;
      expect(join('/root', name)).toBe(`/root/${name}`);
      expect(name).not.toMatch(/[\0\\]|(^|\/)\.\.?(\/|$)/);
    }),
  );
});

test('files of others in the folders of days are not read, and are reported', async () => {
  const root = join(folder, 'export [1]*');
  const names = [...(await written(root)).keys()];
  const [own = ''] = names.filter((name) => name.startsWith('tickets/'));
  const copy = join(dirname(own), 'copy of a file.ndjson.gz');
  await copyFile(join(root, own), join(root, copy));
  await writeFile(join(root, 'tickets', '_SUCCESS'), '');
  // What the folder's name would match, if it were a pattern.
  await written(join(folder, 'export 1'));
  const { records: compacted, foreign } = await compactRecords(new FolderStore(root), tickets);
  expect(compacted).toBe(3);
  expect([...foreign].sort()).toEqual(['tickets/_SUCCESS', copy]);
  const latest = join(folder, 'latest.parquet');
  await copyFile(join(root, 'tickets_latest', 'subdomain=acme', '00000000.parquet'), latest);
  expect(await queryFiles([], `SELECT count(*)::INTEGER FROM read_parquet('${latest}')`)).toEqual([[3]]);
});

test('what is no record’s name in the quarantine is left alone', async () => {
  const root = join(folder, 'export');
  await written(root);
  const destination = new FilesDestination(`file:${root}`);
  const before = await destination.quarantined();
  await writeFile(join(root, 'quarantine', '_SUCCESS'), 'no JSON');
  await writeFile(join(root, 'quarantine', 'subdomain=acme', '.part.crc'), 'no JSON');
  expect(before).toHaveLength(1);
  expect(await destination.quarantined()).toEqual(before);
});

test('no file in sweeps/ but the export’s own says what is deleted', async () => {
  const root = join(folder, 'export');
  const destination = new FilesDestination(`file:${root}`);
  const groups = [1, 2].map((id) => recordOf('groups', id));
  await destination.write(page(1, groups, { stream: 'groups', sweep: { began: NOON, isComplete: true } }));
  const own = join(root, 'sweeps', 'subdomain=acme', 'stream=groups');
  const [sweep = ''] = readdirSync(own).map((name) => name.replace('.json', ''));
  const said = (one: string): string => JSON.stringify({ sweep: one });
  const sweeps = [
    ['99999999T999999Z', said('99999999T999999Z')],
    ['20240230T120000Z', said('20240230T120000Z')],
    ['99990101T000000Z', said('99990101T000000Z')],
    ['20240101T000000Z', said(sweep)],
    ['20240102T000000Z', 'no JSON'],
    ['20240103T000000Z', '{"sweep":{}}'],
    ['20240104T000000Z', ''],
  ] as const;
  for (const [name, body] of sweeps) await writeFile(join(own, `${name}.json`), body);
  await mkdir(join(own, '20240105T000000Z.json'));
  const { foreign } = await compactRecords(new FolderStore(root), STREAMS.groups);
  expect([...foreign].sort()).toEqual(
    sweeps.map(([name]) => `sweeps/subdomain=acme/stream=groups/${name}.json`).sort(),
  );
  const latest = `read_parquet('${root}/groups_latest/*/*.parquet')`;
  expect(await queryFiles([], `SELECT id::INTEGER, deleted FROM ${latest} ORDER BY id`)).toEqual([
    [1, false],
    [2, false],
  ]);
});
