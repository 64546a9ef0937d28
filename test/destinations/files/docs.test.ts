import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openDestination } from '../../../src/destinations/open';
import { NOON, page, ticket } from '../pages';
import { queryFiles } from './lake';

async function queries(): Promise<string[]> {
  const text = await readFile(join(__dirname, '..', '..', '..', 'docs', 'files.md'), 'utf8');
  return [...text.matchAll(/```sql\n(.*?)```/gs)].map(([, query = '']) => query);
}

/** The queries of docs/files.md, by the format that they read. */
async function documented(format: string): Promise<string> {
  return (await queries()).find((query) => query.includes(format)) ?? '';
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
