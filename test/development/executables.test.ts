import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtByGo, cached, onPath } from '../../src/development/executables';
import { temporalCli } from '../../src/development/temporalCli';

const { PATH = '', XDG_CACHE_HOME } = process.env;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'executables-'));
  mkdirSync(join(folder, 'bin'));
  process.env['PATH'] = `${join(folder, 'bin')}:${PATH}`;
  process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
});

afterEach(() => {
  process.env['PATH'] = PATH;
  if (XDG_CACHE_HOME === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = XDG_CACHE_HOME;
  rmSync(folder, { recursive: true });
});

function install(command: string, script: string): string {
  const path = join(folder, 'bin', command);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

test('a temporal CLI on the PATH is used by its absolute path, which is what the SDK wants', async () => {
  const path = install('temporal', 'echo temporal version 9.9.9');
  await expect(temporalCli(fail)).resolves.toBe(path);
});

test('a command that does not run is not used', () => {
  install('broken', 'exit 1');
  expect(onPath('broken')).toBeUndefined();
  expect(onPath('not-there-at-all')).toBeUndefined();
});

const PROGRAM = { command: 'hello', version: '1.0.0', module: 'example.com/hello', minutes: 1 };

test('what Go builds is kept under its version, and nothing else is left in the cache', () => {
  install('go', '[ "$1" = version ] || echo built > "$GOBIN/hello"');
  const said: string[] = [];
  const path = builtByGo(PROGRAM, (text) => said.push(text));
  expect(path).toBe(join(folder, 'cache', 'zendesk-ticket-export', 'hello-v1.0.0'));
  expect(cached('hello-v1.0.0')).toBe(path);
  expect(said.join('')).toContain('Building hello-v1.0.0 with Go, about 1 minutes');
  expect(readdirSync(join(folder, 'cache', 'zendesk-ticket-export'))).toEqual(['hello-v1.0.0']);
});

test('a build that fails says why, and leaves nothing behind', () => {
  install('go', '[ "$1" = version ] || { echo no such module >&2; exit 1; }');
  const said: string[] = [];
  expect(builtByGo(PROGRAM, (text) => said.push(text))).toBeUndefined();
  expect(said.join('')).toContain('Go could not build it: no such module');
  expect(readdirSync(join(folder, 'cache', 'zendesk-ticket-export'))).toEqual([]);
});

function fail(text: string): void {
  throw new Error(`unexpected: ${text}`);
}
