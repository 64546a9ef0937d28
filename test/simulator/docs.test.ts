import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const SIMULATOR = join(ROOT, 'src', 'simulator');

const sections = readFileSync(join(ROOT, 'docs', 'zendesk.md'), 'utf8')
  .split('\n')
  .flatMap((line) => /^## (.+)$/.exec(line)?.[1]?.toLowerCase() ?? []);

/** What follows each § in the comments of a file, to the end of its parenthesis. A comment may go on in the next line. */
function citationsIn(file: string): string[] {
  const text = readFileSync(join(SIMULATOR, file), 'utf8').replace(/\n\s*(\*|\/\/) /g, ' ');
  return [...text.matchAll(/§ ([^):;]+)/g)].map(([, name = '']) =>
    name.replace(/\s+/g, ' ').trim().toLowerCase(),
  );
}

test('every section that the simulator cites is in docs/zendesk.md', () => {
  const cited = readdirSync(SIMULATOR).flatMap(citationsIn);
  expect(cited.length).toBeGreaterThan(15);
  expect(cited.filter((name) => !sections.includes(name))).toEqual([]);
});
