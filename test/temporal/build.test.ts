import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What `npm run build` reads and writes. */
const PARTS = ['activities', 'lib', 'src', 'workflows', 'package.json', 'package-lock.json'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'build-'));
  const configurations = readdirSync('.').filter((name) => name.startsWith('tsconfig'));
  for (const part of [...PARTS, ...configurations])
    cpSync(part, join(folder, part), { recursive: true, preserveTimestamps: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function build(): void {
  execFileSync(process.execPath, [join(folder, 'src', 'build.cjs')]);
}

const built = (name: string): string => join(folder, 'lib', name);

test('a build of the same sources writes nothing', () => {
  const before = statSync(built('workflow-bundle.js')).mtimeMs;
  build();
  expect(statSync(built('workflow-bundle.js')).mtimeMs).toBe(before);
});

test('a build of other sources has what is new, and nothing of what has gone', () => {
  writeFileSync(join(folder, 'src', 'added.ts'), 'export const added = 1;\n');
  writeFileSync(built('src/gone.js'), '');
  utimesSync(built('src/gone.js'), 0, 0);
  build();
  expect(existsSync(built('src/added.js'))).toBe(true);
  expect(existsSync(built('src/gone.js'))).toBe(false);
  for (const name of ['src/commands/worker.js', 'src/nodeVersion.cjs', 'workflow-bundle-traced.js'])
    expect(existsSync(built(name))).toBe(true);
});
