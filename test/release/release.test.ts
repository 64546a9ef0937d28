import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../docs/markdown';
import { licences, licencesPage } from './licences';

const PAGE = join(ROOT, 'docs', 'licences.md');

test('docs/licences.md is what package-lock.json says', () => {
  if (process.env['WRITE'] === 'yes') writeFileSync(PAGE, licencesPage());
  expect(readFileSync(PAGE, 'utf8')).toBe(licencesPage());
});

/** Read by hand: data of browsers, by naming its source; and a licence that only the package's file LICENSE states. */
const READ = ['CC-BY-4.0: caniuse-lite', 'unknown: unionfs'];

test('no package that runs in production has a licence that asks for more than to be named', () => {
  const free =
    /^(MIT|MIT-0|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|Apache-2\.0 AND MIT|BlueOak-1\.0\.0|Unlicense)$/;
  const others = [...licences()].filter(([licence]) => !free.test(licence));
  const named = others.flatMap(([licence, names]) =>
    names.map((name) => `${licence}: ${name.split(' ')[0] ?? ''}`),
  );
  expect(named).toEqual(READ);
});

test('npm pack packs the built program and its documents: no test, no fixture, no secret, no development', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files } = { files: [] }] = JSON.parse(output) as { files: { path: string }[] }[];
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'SECURITY.md']));
  const expected =
    /^((lib|docs|dbt|monitoring)\/|(package\.json|README\.md|LICENSE|SECURITY\.md|CHANGELOG\.md)$)/;
  expect(paths.filter((path) => !expected.test(path))).toEqual([]);
  const unwanted =
    /(^|\/)(test|fixtures|bench|demo|development|node_modules)(\/|\.)|\.env|\.map$|\.pem$|\.duckdb|\.ci\//;
  expect(paths.filter((path) => unwanted.test(path))).toEqual([]);
});

test('the image says what it is, of which version and commit', () => {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const label = (name: string): string | undefined =>
    new RegExp(`org\\.opencontainers\\.image\\.${name}="([^"]*)"`).exec(dockerfile)?.[1];
  expect(label('version')).toBe(version);
  expect(label('licenses')).toBe('MIT');
  expect(label('revision')).toBe('$REVISION');
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(
    ([, base]) => `docker.io/library/${base ?? ''}`,
  );
  expect(bases[0]).toBe(label('base\\.name'));
});
