import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { ModuleKind, transpileModule } from 'typescript';

const ROOT = resolve(__dirname, '..', '..');

/** What a file needs at run time: files of the project by their paths, packages by their names. */
function neededBy(file: string): readonly string[] {
  const known = needed.get(file) ?? read(file);
  needed.set(file, known);
  return known;
}

const needed = new Map<string, readonly string[]>();

function read(file: string): readonly string[] {
  const { outputText } = transpileModule(readFileSync(file, 'utf8'), {
    compilerOptions: { module: ModuleKind.CommonJS },
  });
  return [...outputText.matchAll(/require\("([^"]+)"\)/g)].map(([, name = '']) => {
    if (!name.startsWith('.')) return name;
    const path = resolve(file, '..', name);
    return existsSync(`${path}.ts`) ? `${path}.ts` : join(path, 'index.ts');
  });
}

/** A file with all that it needs, directly or through others. */
function closure(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (file.startsWith(ROOT)) for (const each of neededBy(file)) closure(each, seen);
  return seen;
}

function namesOf(files: Iterable<string>): string[] {
  return [...files].map((file) => relative(ROOT, file)).sort();
}

const SHARED = join(ROOT, 'workflows', 'shared.ts');

test('what workflows share needs no package, and is all that needs none', () => {
  const all = closure(join(ROOT, 'workflows', 'index.ts'));
  const pure = [...all].filter((file) => [...closure(file)].every((each) => each.startsWith(ROOT)));
  const shared = [...closure(SHARED)].filter((file) => file !== SHARED);
  expect(namesOf(shared)).toEqual(namesOf(pure));
  expect(pure.length).toBeGreaterThan(50);
});

test('what workflows share keeps no state', () => {
  for (const file of closure(SHARED))
    expect([
      file,
      /^(?:export )?(?:let|var|const \w+[^=\n]*= new (?:Map|WeakMap))\b/m.exec(
        readFileSync(file, 'utf8'),
      )?.[0],
    ]).toEqual([file, undefined]);
});
