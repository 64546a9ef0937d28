import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openDestination } from '../../../src/destinations/open';
import { NOON, page, ticket } from '../pages';

/** The queries of docs/files.md, by the format that they read. */
async function documented(format: string): Promise<string> {
  const text = await readFile(join(__dirname, '..', '..', '..', 'docs', 'files.md'), 'utf8');
  const queries = [...text.matchAll(/```sql\n(.*?)```/gs)].map(([, query = '']) => query);
  return queries.find((query) => query.includes(format)) ?? '';
}

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
