import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDestination } from '../../src/destinations/open';
import type { StreamName } from '../../src/streams';
import type { RecordVersion } from '../../src/streams/record';
import { queryFiles } from '../destinations/files/lake';
import { NOON, page, recordOf, ticket } from '../destinations/pages';
import { codeBlocks, pages } from './markdown';

/** The queries of docs/files.md that read sweeps. */
const QUERIES = pages()
  .filter(({ path }) => path === 'docs/files.md')
  .flatMap(codeBlocks)
  .filter(({ language, text }) => language === 'sql' && text.includes('sweep'))
  .map(({ text }) => text.trim().replace(/;$/, ''));

test.each([
  ['parquet', QUERIES[0]],
  ['ndjson', QUERIES[1]],
])('the documented query finds a list as of its newest complete sweep in %s', async (format, query = '') => {
  const root = mkdtempSync(join(tmpdir(), 'lists-'));
  const destination = openDestination(`file:${root}?format=${format}`);
  await destination.prepare();
  const group = (id: number): RecordVersion => recordOf('groups', id, NOON, { name: `Group ${id}` });
  const sweep = async (began: number, isComplete: boolean, ...ids: number[]): Promise<unknown> =>
    destination.write(
      page(began, ids.map(group), { stream: 'groups', sweep: { began: NOON + began, isComplete } }),
    );
  await sweep(1, true, 1, 2, 3, 5);
  await sweep(2, true, 1, 2, 3);
  await sweep(3, true, 1, 3);
  await sweep(4, false, 1);
  const sideloads = new Map<StreamName, RecordVersion[]>([['groups', [group(4)]]]);
  await destination.write(page(5, [ticket(1)], { sideloads }));
  await destination.close();
  const found = await queryFiles(
    // As a whole, as people read it: fewer columns make other plans.
    [`SET file_search_path = '${root}'`, `CREATE TEMP TABLE found AS ${query}`],
    'SELECT subdomain, id::INTEGER, name, sweep FROM found ORDER BY id',
  );
  rmSync(root, { recursive: true });
  const newest = new Date((NOON + 3) * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
  expect(found).toEqual([
    ['acme', 1, 'Group 1', newest],
    ['acme', 3, 'Group 3', newest],
  ]);
});
