import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { rooms } from '../../eslint.rooms.cjs';
import { ROOT } from './markdown';

/** The rows of the table in docs/architecture.md whose first column is headed "room", as the code spans of its cells. */
function documentedRooms(): { name: string; imports: string[] }[] {
  const text = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const [, table = ''] = /^\| room .*\n\|[ -|]*\n((?:\|.*\n)+)/m.exec(text) ?? [];
  return table
    .trimEnd()
    .split('\n')
    .map((row) => {
      const [, name = '', , may = ''] = row.split('|');
      return { name: spansOf(name).join(), imports: may.includes('everything above') ? ['*'] : spansOf(may) };
    });
}

function spansOf(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replace(/\/$/, ''));
}

/** Every module of the rooms, by its path from the root. */
const files = ['src', 'activities', 'workflows', 'test'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path)),
);

const importsOf = new Map(
  files.map((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const targets = [...text.matchAll(/(?:from |import\()'(\.[^']*)'/g)].map(([, specifier = '']) =>
      normalize(join(dirname(file), specifier)),
    );
    const found = targets.flatMap((path) => files.find((each) => isModule(each, path)) ?? []);
    return [file, found] as const;
  }),
);

function isModule(file: string, path: string): boolean {
  return file === `${path}.ts` || file === join(path, 'index.ts');
}

test('the rooms of the documentation and what they may import are those of the lint rules', () => {
  const ruled = rooms.map(({ name, imports, types, importsEverything }) => ({
    name,
    imports: importsEverything ? ['*'] : [...imports, ...types].sort(),
  }));
  const documented = documentedRooms().map(({ name, imports }) => ({ name, imports: imports.sort() }));
  expect(documented).toEqual(ruled);
});

test('a room may import only rooms above it, so that there are no circles between rooms', () => {
  for (const [index, { name, imports, types }] of rooms.entries()) {
    const above = rooms.slice(0, index).map((room) => room.name);
    expect({ name, below: [...imports, ...types].filter((room) => !above.includes(room)) }).toEqual({
      name,
      below: [],
    });
  }
});

test('every file is in one room', () => {
  const roomsOf = (file: string): string[] =>
    rooms
      .filter(({ paths }) => paths.some((path) => file === path || file.startsWith(`${path}/`)))
      .map(({ name }) => name);
  expect(files.filter((file) => roomsOf(file).length !== 1)).toEqual([]);
});

test('there are no circles between files, not even of types', () => {
  // The lint rule `import-x/no-cycle` sees what is imported at run time alone.
  expect(files.length).toBeGreaterThan(100);
  expect(circles()).toEqual([]);
});

/** The files that lead back to themselves: what imports nothing but files that are done is done itself. */
function circles(): string[] {
  const open = new Map(importsOf);
  for (;;) {
    const done = [...open].filter(([, targets]) => targets.every((target) => !open.has(target)));
    if (done.length === 0) break;
    for (const [file] of done) open.delete(file);
  }
  // What remains is in a circle, or imports one.
  return [...open.keys()].filter((file) => reaches(file, file, open));
}

function reaches(from: string, to: string, open: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const next = [...(open.get(from) ?? [])];
  for (let file = next.pop(); file !== undefined; file = next.pop()) {
    if (file === to) return true;
    if (seen.has(file)) continue;
    seen.add(file);
    next.push(...(open.get(file) ?? []));
  }
  return false;
}
