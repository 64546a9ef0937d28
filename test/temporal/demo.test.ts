import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cacheFolder } from '../../src/development/executables';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const REPORT = /all \d{5} records are there, each once, at its newest version/;

function startDemo(
  options: readonly string[],
  environment: NodeJS.ProcessEnv,
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [resolve('lib/src/commands/demo.js'), ...options], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
  });
}

interface Ended {
  readonly code: unknown;
  readonly output: string;
}

/** @param look called with all of the output so far whenever there is more */
async function toItsEnd(
  demo: ChildProcessWithoutNullStreams,
  look: (output: string) => void = () => undefined,
): Promise<Ended> {
  let output = '';
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      look(output);
    });
  }
  return { code: await new Promise((ended) => demo.once('close', ended)), output };
}

test.each([
  ['DuckDB', []],
  ['PostgreSQL', ['--postgres']],
])(
  'with a server that runs, the demo ends with a database that holds the simulated account: %s',
  async (_, options) => {
    const demo = startDemo([...options, '--report'], { TEMPORAL_ADDRESS: process.env['TEMPORAL_ADDRESS'] });
    const { code, output } = await toItsEnd(demo);
    expect(output).toMatch(REPORT);
    const [, report = ''] = /^Plots of the tickets: (\S+)$/m.exec(output) ?? [];
    expect(
      readFileSync(join(folder, report), 'utf8').match(/<h2>[^<]+<\/h2><p>[^]*?<\/p><svg /g),
    ).toHaveLength(10);
    expect(output).toMatch(/workflow query .*--workflow-id zendesk-account-demo --name status/);
    expect(code).toBe(0);
  },
);

/** Whatever this machine has: the tests' own, and those of other versions that were once downloaded or built. */
function clis(): string[] {
  const kept = existsSync(cacheFolder()) ? readdirSync(cacheFolder()) : [];
  const found = kept
    .filter((name) => /^temporal-v[\d.]+$/.test(name))
    .map((name) => join(cacheFolder(), name));
  return [...new Set([process.env['TEMPORAL_CLI'] ?? '', ...found])];
}

test.each(clis())('with the CLI on the PATH, the demo starts a server of its own: %s', async (cli) => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const calls = join(folder, 'calls');
  const script = `#!/bin/sh\necho "$@" >> '${calls}'\nexec '${cli}' "$@"\n`;
  writeFileSync(join(bin, 'temporal'), script, { mode: 0o755 });
  const { code, output } = await toItsEnd(startDemo([], { PATH: `${bin}:${process.env['PATH'] ?? ''}` }));
  expect(output).toMatch(REPORT);
  expect(output).toContain('  temporal workflow query');
  expect(readFileSync(calls, 'utf8')).toContain('server start-dev');
  expect(code).toBe(0);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends the demo at once, and its server', async (signal) => {
  const demo = startDemo([], {});
  const { code, output } = await toItsEnd(demo, (sofar) => {
    if (/: running, /.test(sofar)) demo.kill(signal);
  });
  expect(code).toBe(130);
  expect(output).not.toMatch(REPORT);
  const [, ui = ''] = /^Temporal Web UI +(http:\S+)/m.exec(output) ?? [];
  await expect(fetch(ui)).rejects.toThrow('fetch failed');
});
