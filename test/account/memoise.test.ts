import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoise } from '../../src/account/memoise';

test('a file that is edited while it is parsed is the same to every part, and parsed again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'remembered-'));
  const file = join(folder, 'secret');
  const edits = ['two'];
  writeFileSync(file, 'one');
  const parsed = memoise((read) => {
    const first = read(file);
    for (const edit of edits.splice(0)) writeFileSync(file, edit);
    return [first, read(file)];
  });
  expect(parsed()).toEqual(['one', 'one']);
  expect(parsed()).toEqual(['two', 'two']);
  rmSync(folder, { recursive: true });
});
