import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

test('the benchmark measures a bare loop and the exporter, with one range and with three, and ends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const json = join(folder, 'bench.json');
    const options = ['--tickets', '1000', '--rounds', '1', '--only', 'loop,files', '--json', json];
    const command = [resolve('lib/src/commands/bench.js'), 'throughput', ...options];
    const out = execFileSync(process.execPath, command, { encoding: 'utf8', timeout: 100_000 });
    for (const name of ['loop', 'files, ranges: 1', 'files, ranges: 3'])
      expect(out).toMatch(new RegExp(`^\\| ${name} +\\|`, 'm'));
    const { suites } = JSON.parse(readFileSync(json, 'utf8')) as {
      suites: { throughput: { runs: { tickets: number }[] } };
    };
    expect(suites.throughput.runs.map(({ tickets }) => tickets)).toEqual([1000, 1000, 1000]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
