import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

test.each([
  ['DuckDB', []],
  ['PostgreSQL', ['--postgres']],
])('the demo ends with a database that holds the simulated account: %s', async (_, options) => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-'));
  const demo = spawn(process.execPath, [resolve('lib/src/demo/main.js'), ...options], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TEMPORAL_ADDRESS: process.env['TEMPORAL_ADDRESS'],
    },
  });
  let output = '';
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const code = await new Promise((ended) => demo.once('close', ended));
  rmSync(folder, { recursive: true });
  expect(output).toContain('all 25000 tickets are there, each once, at its newest version');
  expect(output).toMatch(/workflow query .*--workflow-id zendesk-tickets-demo --name status/);
  expect(code).toBe(0);
});
