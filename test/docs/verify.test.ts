import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDestination } from '../../src/destinations/open';
import { queryFiles } from '../destinations/files/lake';
import { isoTime, NOON, page, ticket } from '../destinations/pages';
import { codeBlocks, pages } from './markdown';

const [, query = ''] = pages()
  .filter(({ path }) => path === 'docs/verify.md')
  .flatMap(codeBlocks)
  .filter(({ language, text }) => language === 'sql' && text.includes('SELECT'))
  .map(({ text }) => text.trim().replace(/;$/, ''));

test('the documented query counts the tickets of each month in files, each once, without deleted ones', async () => {
  const root = mkdtempSync(join(tmpdir(), 'verify-'));
  const destination = openDestination(`file:${root}?format=parquet`);
  await destination.prepare();
  const month = 31 * 86_400;
  const created = (id: number, at: number, more: object = {}) =>
    ticket(id, NOON + id, { created_at: isoTime(NOON + at * month), ...more });
  await destination.write(page(1, [created(1, 0), created(2, 0), created(3, 1)]));
  await destination.write(page(2, [ticket(2, NOON + 9, { created_at: isoTime(NOON) })]));
  await destination.write(page(3, [ticket(1, NOON + 8, { created_at: isoTime(NOON), status: 'deleted' })]));
  await destination.close();
  const found = await queryFiles([`SET file_search_path = '${root}'`], query);
  rmSync(root, { recursive: true });
  expect(found.map((row) => row.map(String))).toEqual([
    ['2023-11', '1'],
    ['2023-12', '1'],
  ]);
});
