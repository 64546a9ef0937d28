import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, realpath, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Linux lets anybody mount in a namespace of his own; some containers do not. */
const inNamespace = ['--map-root-user', '--mount'];
const canMount =
  spawnSync('unshare', [...inNamespace, 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0;

/** What preparing a destination comes to, as reported by a process that may end before us. */
const PREPARE = `
const { openDestination } = require(process.argv[2]);
openDestination(process.argv[1]).prepare().then(
  () => console.log('prepared'),
  (error) => console.log(error.name + ': ' + error.message),
);`;

function node(url: string): string[] {
  const loader = resolve('test/support/typescript.cjs');
  return [process.execPath, '--require', loader, '-e', PREPARE, url, resolve('src/destinations/open.ts')];
}

async function prepared(url: string, readOnly?: string): Promise<string> {
  const mount = 'mount -t tmpfs -o ro none "$0" && exec "$@"';
  const command =
    readOnly === undefined
      ? node(url)
      : ['unshare', ...inNamespace, 'sh', '-c', mount, readOnly, ...node(url)];
  const [executable = '', ...args] = command;
  const { stdout } = await run(executable, args, { timeout: 60_000 });
  return stdout.trim();
}

const onReadOnly = canMount ? describe : describe.skip;

onReadOnly('on a read-only file system', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'read-only-')));
  });
  afterAll(async () => rmdir(folder));

  test.each(['export', 'several/folders/below'])(
    'a folder that is missing is refused as such: %s',
    async (name) => {
      const [first = ''] = name.split('/');
      expect(await prepared(`file:${folder}/${name}`, folder)).toBe(
        `DestinationRefused: Folder ${folder}/${name}: EROFS: read-only file system, mkdir '${folder}/${first}'. ` +
          'Its file system is read-only: name a folder that the worker may write to, then resume.',
      );
    },
  );

  test('the folder of a DuckDB file that is missing is refused as such', async () => {
    expect(await prepared(`duckdb:${folder}/a/b/tickets.duckdb`, folder)).toBe(
      `DestinationRefused: DuckDB ${folder}/a/b/tickets.duckdb: EROFS: read-only file system, mkdir '${folder}/a'. ` +
        'Give the worker write access to the file and its folder, then resume.',
    );
  });
});

(process.platform === 'linux' ? describe : describe.skip)(
  'where the system lets nobody make a folder',
  () => {
    test.each(['file:/proc/export/tickets', 'duckdb:/proc/export/tickets.duckdb'])(
      '%s is refused',
      async (url) => {
        expect(await prepared(url)).toMatch(
          /^DestinationRefused: .*ENOENT.* '\/proc\/export'.*[nN]ame .*, then resume\.$/,
        );
      },
    );
  },
);
