import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function simulate(...args: readonly string[]): { readonly code: number | null; readonly out: string } {
  const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
  const { status, stdout } = spawnSync(process.execPath, ['lib/src/commands/simulate.js', ...args], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', TMPDIR: folder },
  });
  const left = readdirSync(folder);
  rmSync(folder, { recursive: true });
  expect(left).toEqual([]);
  return { code: status, out: stdout };
}

test('histories are lived through side by side, and what happened in them is counted', () => {
  const { code, out } = simulate('--histories', '6', '--processes', '2');
  expect(out).toMatch(/^ +[1-9]\d* {2}requests$/m);
  expect(out).toMatch(/^6 histories in \d+ s, 0 failed\.$/m);
  expect(code).toBe(0);
});

test('faults that are planted are caught', () => {
  const { code, out } = simulate('--mutants', '--only', 'boundary forgotten', '--histories', '100');
  expect(out).toMatch(/boundary forgotten +caught by counts/);
  expect(code).toBe(0);
  expect(simulate('--mutants', '--only', 'a second too far', '--histories', '100').code).toBe(0);
});

test('a fault that is not caught is named, and fails', () => {
  // No history of the first few has it.
  const { code, out } = simulate('--mutants', '--only', 'watermark unsettled', '--histories', '1');
  expect(out).toMatch(/watermark unsettled +SURVIVED/);
  expect(code).toBe(1);
});
