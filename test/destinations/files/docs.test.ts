import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { DuckDbDestination } from '../../../src/destinations/duckdb/duckdb';
import { openDestination } from '../../../src/destinations/open';
import { startSimulator } from '../../../src/simulator';
import { NOON, page, read, ticket } from '../pages';
import { queryFiles } from './lake';

async function queries(): Promise<string[]> {
  const text = await readFile(join(__dirname, '..', '..', '..', 'docs', 'files.md'), 'utf8');
  return [...text.matchAll(/```sql\n(.*?)```/gs)].map(([, query = '']) => query);
}

/** One of the queries of docs/files.md, by a word that it has, such as the format that it reads. */
async function documented(word: string): Promise<string> {
  return (await queries()).find((query) => query.includes(word)) ?? '';
}

test('the documented queries find where the text of a ticket stays', async () => {
  const root = await mkdtemp(join(tmpdir(), 'files-'));
  const destination = openDestination(`file:${root}`);
  const rejected = ['{"id":4711,"subject":"secret"}', '{"id":1,"subject":"other"}'];
  await destination.write(page(1, [ticket(1), ticket(4711)]));
  await destination.write(
    page(2, [ticket(2)], {
      rejected: rejected.map((json) => ({ kind: 'rejected', stream: 'tickets', reason: 'no version', json })),
    }),
  );
  await destination.close();
  const found = [];
  for (const query of (await queries()).filter((text) => text.includes('4711'))) {
    found.push(await queryFiles([`SET file_search_path = '${root}'`], query));
  }
  expect(found).toEqual([
    [[expect.stringMatching(/\/day=2023-11-14\/export-1-00000-00000001-/)]],
    [[expect.stringMatching(/\/quarantine\/subdomain=acme\//), 'no version']],
  ]);
  await rm(root, { recursive: true });
});

test.each([
  ['ndjson', 'read_json'],
  ['parquet', 'read_parquet'],
])('the documented query finds the newest version of every ticket in %s', async (format, reader) => {
  const root = await mkdtemp(join(tmpdir(), 'files-'));
  const destination = openDestination(`file:${root}?format=${format}`);
  await destination.prepare();
  await destination.write(page(1, [ticket(1), ticket(2)]));
  await destination.write(page(2, [ticket(1, NOON + 90_000, { status: 'solved' })]));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`SET file_search_path = '${root}'`);
  const found = await connection.runAndReadAll(await documented(reader));
  expect(
    found
      .getRowObjectsJson()
      .map(({ subdomain, id, status }) => [subdomain, Number(id), status])
      .sort((a, b) => Number(a[1]) - Number(b[1])),
  ).toEqual([
    ['acme', 1, 'solved'],
    ['acme', 2, 'open'],
  ]);
  instance.closeSync();
  await destination.close();
  await rm(root, { recursive: true });
});

test.each(['ndjson', 'parquet'])(
  'the documented queries find in %s what the views of ticket events have',
  async (format) => {
    const root = await mkdtemp(join(tmpdir(), 'files-'));
    const simulator = await startSimulator({ tickets: 100 });
    const database = new DuckDbDestination(join(root, 'events.duckdb'));
    const files = openDestination(`file:${root}/files?format=${format}`);
    const events = [...simulator.truthOf('ticket_events').values()];
    for (const destination of [database, files]) {
      await destination.prepare();
      const records = events.map((record) => read(record.json(), 'ticket_events'));
      await destination.write(page(1, records, { stream: 'ticket_events' }));
      // An event that comes again is one event.
      await destination.write(page(2, records.slice(0, 5), { stream: 'ticket_events' }));
      await destination.close();
    }
    await simulator.close();
    const instance = await DuckDBInstance.create(join(root, 'events.duckdb'), { access_mode: 'READ_ONLY' });
    const connection = await instance.connect();
    await connection.run(`SET file_search_path = '${root}/files'`);
    const rows = async (sql: string): Promise<unknown[]> => {
      const found = await connection.runAndReadAll(`SELECT * FROM (${sql}) ORDER BY ALL`);
      return found.getRowsJson();
    };
    const parquet = `read_parquet('ticket_events/*/*/*.parquet', hive_partitioning = true, filename = true)`;
    for (const [view, mark] of [
      ['ticket_comments', 'html_body'],
      ['ticket_field_history', 'field_name'],
    ] as const) {
      const query = (await documented(mark)).replace(/;\s*$/, '');
      const found = await rows(
        format === 'ndjson' ? query : query.replace(/read_json\(.*?filename = true\)/s, parquet),
      );
      expect(found.length).toBeGreaterThan(100);
      expect(found).toEqual(await rows(`FROM ${view}`));
    }
    instance.closeSync();
    await rm(root, { recursive: true });
  },
);
