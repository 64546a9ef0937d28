import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client } from 'pg';
import { startPostgres } from '../../src/development/postgres';
import type { Destination } from '../../src/destinations/destination';
import { DuckDbDestination } from '../../src/destinations/duckdb/duckdb';
import { PostgresDestination } from '../../src/destinations/postgres/postgres';
import { page, ticket } from '../destinations/pages';
import { codeBlocks, pages } from './markdown';

/** Of the runbook and the migration guide; those of the destinations have tests with answers of their own. */
const QUERIES = ['migrate', 'operate']
  .flatMap((name) => pages().filter(({ path }) => path === `docs/${name}.md`))
  .flatMap(codeBlocks)
  .filter(({ language }) => language === 'sql')
  .map(({ text }) => text);

/** What another tool has left: one ticket fewer, and one in an older state. */
const OLD_TABLES = [
  'CREATE SCHEMA old',
  'CREATE TABLE old.tickets AS SELECT id, status, created_at, updated_at FROM tickets WHERE id > 1',
  "UPDATE old.tickets SET status = 'open' WHERE id = 2",
];

async function fill(destination: Destination): Promise<void> {
  await destination.prepare();
  const tickets = [1, 2, 3, 4].map((id) => ticket(id, 1_700_000_000 + id, { status: 'solved' }));
  await destination.write(page(1, tickets));
  await destination.close();
}

async function answers(run: (sql: string) => Promise<Record<string, unknown>[]>): Promise<unknown[]> {
  for (const sql of OLD_TABLES) await run(sql);
  const found = [];
  for (const sql of QUERIES) found.push(...(await run(sql)));
  return found.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])),
  );
}

const EXPECTED: unknown[] = [
  { only_old: 0, only_ours: 1, other_status: 1, older_there: 0, older_here: 0 },
  expect.objectContaining({ ours: 4, old: 3 }),
  expect.objectContaining({ start_time: 1_700_000_004 }),
];

test('the documented queries work in DuckDB', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'docs-'));
  const file = join(folder, 'tickets.duckdb');
  await fill(new DuckDbDestination(file));
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  const found = await answers(async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson());
  instance.closeSync();
  rmSync(folder, { recursive: true });
  expect(found).toEqual(EXPECTED);
});

test('the documented queries work in PostgreSQL', async () => {
  const server = await startPostgres();
  await fill(new PostgresDestination(server.url()));
  const client = new Client(server.url());
  await client.connect();
  const found = await answers(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows);
  await client.end();
  await server.stop();
  expect(found).toEqual(EXPECTED);
});
