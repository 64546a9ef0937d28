import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { DestinationRefused } from '../../src/destinations/destination';
import { DuckDbDestination } from '../../src/destinations/duckdb/duckdb';
import { toDestinationError } from '../../src/destinations/duckdb/failure';
import { realPath } from '../../src/destinations/duckdb/realPath';
import { LeasedDestination } from '../../src/destinations/lease';
import { page, ticket } from './pages';
import { queryDuckDb } from './queryDuckDb';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckdb-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function failureOf(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('did not fail');
  return error;
}

async function refusal(file: string): Promise<string> {
  const destination = new DuckDbDestination(file);
  const error = await failureOf(destination.prepare());
  await destination.close();
  expect(error).toEqual(expect.any(DestinationRefused));
  return error.message;
}

async function run(file: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run(sql);
  // As in takeOver.test.ts: the file is left without its log.
  connection.closeSync();
  instance.closeSync();
}

/** Another process with the file open until it is asked to end. */
async function holding(file: string): Promise<ChildProcess> {
  const script = `
    const { DuckDBInstance } = require(process.argv[2]);
    DuckDBInstance.create(process.argv[1]).then((instance) => {
      process.stdin.once('data', () => process.exit(0));
      console.log('open');
    });`;
  const child = spawn(process.execPath, ['-e', script, file, require.resolve('@duckdb/node-api')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.stdin?.write('end\n');
  await exited;
}

test('refuses a file that is no database', async () => {
  const file = join(folder, 'tickets.csv');
  await writeFile(file, 'id,subject\n1,Hello\n'.repeat(1000));
  expect(await refusal(file)).toMatch(/^DuckDB .*tickets\.csv: .*not a valid DuckDB.*move this one away/);
  await writeFile(file, 'short');
  expect(await refusal(file)).toMatch(/not a valid DuckDB.*move this one away/);
});

test('refuses to keep tickets in memory', async () => {
  expect(await refusal(':memory:')).toMatch(/Name another file/);
});

test('refuses a folder', async () => {
  const path = join(folder, 'is-a-folder');
  await mkdir(path);
  expect(await refusal(path)).toMatch(/Name .*then resume\.$/);
});

test('refuses a folder that cannot be made', async () => {
  await writeFile(join(folder, 'file'), '');
  expect(await refusal(join(folder, 'file', 'below', 'tickets.duckdb'))).toMatch(/Name a file in a folder/);
});

test.each([
  ['without our columns', 'CREATE TABLE tickets (id BIGINT)'],
  ['without our key', 'CREATE TABLE export_pages (page INTEGER)'],
  ['that is a view', 'CREATE VIEW quarantine AS SELECT 1 AS digest'],
])('refuses a table of our name %s', async (_, sql) => {
  const file = join(folder, 'theirs.duckdb');
  await run(file, sql);
  expect(await refusal(file)).toMatch(
    /there is a table \w+ that the export did not make\. Name another file/,
  );
});

test("writes into a file of the user's own, beside other tables", async () => {
  const file = join(folder, 'ours.duckdb');
  await run(file, 'CREATE TABLE customers AS SELECT 1 AS id');
  const destination = new DuckDbDestination(file);
  await destination.prepare();
  await destination.write(page(1, [ticket(1)]));
  await destination.close();
  expect(await queryDuckDb(file, 'SELECT id FROM tickets UNION ALL SELECT id FROM customers')).toEqual([
    { id: 1 },
    { id: 1 },
  ]);
});

test.each(['VIEW', 'TABLE'])('leaves a %s alone that has the name of a view, and says so', async (kind) => {
  const file = join(folder, 'theirs.duckdb');
  await run(file, `CREATE ${kind} ticket_comments AS SELECT 1 AS id`);
  const destination = new DuckDbDestination(file);
  expect(await destination.prepare()).toEqual([
    'ticket_comments: There is a ticket_comments that the export did not make: rename it.',
  ]);
  await destination.write(page(1, [ticket(1)]));
  await destination.close();
  const sql = 'SELECT id FROM ticket_comments UNION ALL SELECT event_id FROM ticket_field_history';
  expect(await queryDuckDb(file, sql)).toEqual([{ id: 1 }]);
});

test('refuses a column of another type by its name', async () => {
  const file = join(folder, 'theirs.duckdb');
  const destination = new DuckDbDestination(file);
  await destination.prepare();
  await destination.close();
  await run(file, 'ALTER TABLE tickets ALTER subject TYPE INTEGER');
  expect(await refusal(file)).toMatch(
    /the column tickets\.subject has the type INTEGER, and the export needs VARCHAR\. Change its type/,
  );
});

test('never quotes a ticket when a table does not take it', async () => {
  const file = join(folder, 'tickets.duckdb');
  const destination = new DuckDbDestination(file);
  await destination.prepare();
  await destination.close();
  await run(file, 'CREATE UNIQUE INDEX mine ON tickets (subject)');
  const same = [1, 2].map((id) => ticket(id, 1_700_000_000, { subject: 'Secret' }));
  const error = await failureOf(destination.write(page(1, same)));
  expect(error).toEqual(expect.any(DestinationRefused));
  expect(error.message).toMatch(/Constraint Error\. Its tables have an unexpected structure/);
  expect(error.message).not.toContain('Secret');
});

test('a file that another process has open is busy, not refused', async () => {
  const file = join(folder, 'read-only permission denied.duckdb'); // The name must not be taken for the problem.
  const destination = new DuckDbDestination(file);
  const other = await holding(file);
  const error = await failureOf(destination.write(page(1, [ticket(1)])));
  expect(error).not.toBeInstanceOf(DestinationRefused);
  expect(error.message).toMatch(/lock/i);
  await ended(other);
  await destination.write(page(1, [ticket(1)]));
  await destination.close();
  expect(await queryDuckDb(file, 'SELECT id FROM tickets')).toEqual([{ id: 1 }]);
});

test('a leased file can be opened by another process soon after the last page', async () => {
  const file = join(folder, 'tickets.duckdb');
  const destination = new DuckDbDestination(file);
  const closed = jest.spyOn(destination, 'close');
  const lease = new LeasedDestination(destination);
  await lease.use(async (store) => store.write(page(1, [ticket(1)])));
  await lease.use(async (store) => store.write(page(2, [ticket(2)])));
  expect(closed).not.toHaveBeenCalled();
  while (closed.mock.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await closed.mock.results[0]?.value;
  await ended(await holding(file));
  await lease.close();
  expect(await queryDuckDb(file, 'SELECT count(*) AS tickets FROM tickets')).toEqual([{ tickets: 2 }]);
});

test('what does not fit into memory is put beside the file, and gone when it is closed', async () => {
  const file = join(folder, 'tickets.duckdb');
  const destination = new DuckDbDestination(file);
  const tickets = Array.from({ length: 1000 }, (_, index) =>
    ticket(index + 1, undefined, { description: randomBytes(17_000).toString('hex') }),
  );
  for (let number = 1; number <= 12 && !existsSync(`${file}.tmp`); number += 1)
    await destination.write(
      page(
        number,
        tickets.map((each) => ({ ...each, id: Number(each.id) + 1000 * number })),
      ),
    );
  expect(existsSync(`${file}.tmp`)).toBe(true);
  await destination.close();
  expect(await readdir(folder)).toEqual(['tickets.duckdb']);
});

test('want of memory may pass, whatever else its message speaks of', () => {
  const failure = toDestinationError(
    new Error(
      'FATAL Error: Failed to rollback.\nOriginal Error: Out of Memory Error: no room: Permission denied',
    ),
    '/data/tickets.duckdb',
  );
  expect(failure).not.toBeInstanceOf(DestinationRefused);
  expect(failure.message).toMatch(/Out of Memory.*Give the worker more memory/);
});

test.each([5, 20, 40])('a ticket of %d MB is written at the first attempt', async (megabytes) => {
  const file = join(folder, 'tickets.duckdb');
  const destination = new DuckDbDestination(file);
  await destination.prepare();
  const description = 'Größe "x"\\n '.repeat((megabytes * 1_000_000) / 15);
  await destination.write(page(1, [ticket(1), ticket(2, undefined, { description }), ticket(3)]));
  await destination.close();
  expect(await queryDuckDb(file, 'SELECT count(*) AS tickets FROM tickets')).toEqual([{ tickets: 3 }]);
});

test('a file that is deleted or put in place of another while it is open is made or opened again', async () => {
  const file = join(folder, 'tickets.duckdb');
  const copy = join(folder, 'copy.duckdb');
  const destination = new DuckDbDestination(file);
  await destination.write(page(1, [ticket(1)]));
  await rm(file);
  await destination.write(page(2, [ticket(2)]));
  await destination.close();
  expect(await queryDuckDb(file, 'SELECT id FROM tickets')).toEqual([{ id: 2 }]);
  await copyFile(file, copy);
  await destination.write(page(3, [ticket(3)]));
  await rename(copy, file);
  await destination.write(page(4, [ticket(4)]));
  await destination.close();
  expect(await queryDuckDb(file, 'SELECT id FROM tickets ORDER BY id')).toEqual([{ id: 2 }, { id: 4 }]);
});

test('a checkpoint that is read beside pages being written and a file being closed is there once its page is', async () => {
  const destination = new DuckDbDestination(join(folder, 'tickets.duckdb'));
  const pages = Array.from({ length: 20 }, (_, index) => page(index + 1, [ticket(index + 1)]));
  const found = await Promise.all(
    pages.map(async (written, index) => {
      const { key } = written;
      const before = await destination.checkpoint('acme', key);
      await destination.write(written);
      const [, after] = await Promise.all([
        index % 3 === 0 ? destination.close() : undefined,
        destination.checkpoint('acme', key),
      ]);
      return { before, after };
    }),
  );
  await destination.close();
  expect(found).toEqual(
    pages.map((written) => ({
      before: undefined,
      after: written.checkpoint({ unstorable: 0, swept: 0 }),
    })),
  );
});

test('a path without links, of what is there and of what is not', async () => {
  const real = realPath(folder);
  await mkdir(join(folder, 'there'));
  await symlink('there', join(folder, 'link'));
  await symlink('link/not/yet.duckdb', join(folder, 'dangling'));
  await symlink('circle', join(folder, 'circle'));
  expect(realPath(join(folder, 'link'))).toBe(join(real, 'there'));
  expect(realPath(join(folder, 'link', 'a', 'b'))).toBe(join(real, 'there', 'a', 'b'));
  expect(realPath(join(folder, 'dangling'))).toBe(join(real, 'there', 'not', 'yet.duckdb'));
  expect(realPath(join(folder, 'circle'))).toBe(join(folder, 'circle'));
});

test('pages that a killed process left in the log of a linked file are not lost', async () => {
  await mkdir(join(folder, 'folder'));
  const path = join(folder, 'folder', 'one.duckdb');
  const linked = join(folder, 'two.duckdb');
  await symlink(path, linked);
  const destination = new DuckDbDestination(linked);
  await destination.write(page(1, [ticket(1)]));
  expect(await readdir(folder)).not.toContain('two.duckdb.wal');
  expect(await readdir(dirname(path))).toContain('one.duckdb.wal');
  await destination.close();
});

test.each([
  [
    'a link to its folder',
    async (path: string) => symlink(dirname(path), join(folder, 'other')),
    'other/one.duckdb',
  ],
  ['a link to it', async (path: string) => symlink(path, join(folder, 'two.duckdb')), 'two.duckdb'],
  [
    'a second name of it',
    async (path: string) => {
      await run(path, 'SELECT 1');
      await link(path, join(folder, 'two.duckdb'));
    },
    'two.duckdb',
  ],
])('%s: pages of both names land in one file, which stays whole', async (_, make, second) => {
  const path = join(folder, 'folder', 'one.duckdb');
  await mkdir(dirname(path));
  await make(path);
  const destinations = [path, join(folder, second)].map((name) => new DuckDbDestination(name));
  const pages = Array.from({ length: 20 }, (_each, index) => index + 1);
  await Promise.all(
    destinations.map(async (destination, index) => {
      for (const number of pages) {
        const subdomain = `account-${index}`;
        await destination.write(page(number, [ticket(number)], { subdomain }));
      }
    }),
  );
  for (const destination of destinations) await destination.close();
  expect(
    await queryDuckDb(path, 'SELECT subdomain, count(*) AS tickets FROM tickets GROUP BY 1 ORDER BY 1'),
  ).toEqual([
    { subdomain: 'account-0', tickets: 20 },
    { subdomain: 'account-1', tickets: 20 },
  ]);
});
