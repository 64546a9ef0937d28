import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function runDemo(
  options: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly code: unknown; readonly output: string }> {
  const demo = spawn(process.execPath, [resolve('lib/src/demo/main.js'), ...options], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
  });
  let output = '';
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
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
    const { code, output } = await runDemo(options, { TEMPORAL_ADDRESS: process.env['TEMPORAL_ADDRESS'] });
    expect(output).toContain('all 25000 tickets are there, each once, at its newest version');
    expect(output).toMatch(/workflow query .*--workflow-id zendesk-tickets-demo --name status/);
    expect(code).toBe(0);
  },
);

test('with the CLI on the PATH, the demo starts a server of its own', async () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(process.env['TEMPORAL_CLI'] ?? '', join(bin, 'temporal'));
  const { code, output } = await runDemo([], { PATH: `${bin}:${process.env['PATH'] ?? ''}` });
  expect(output).toContain('all 25000 tickets are there, each once, at its newest version');
  expect(output).toContain(`${join(bin, 'temporal')} workflow query`);
  expect(code).toBe(0);
});
