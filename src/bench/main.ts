import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startDevServer } from '../temporal/devServer';
import { installTelemetry } from '../temporal/telemetry';
import { startChild } from './child';
import { measureExporter } from './exporter';

/** One run of one contender. */
export interface Measured {
  readonly tickets: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly longestBlockMs: number;
  readonly eventsPerPage?: number;
  readonly historyBytesPerPage?: number;
}

type Contender = (folder: string) => Promise<Measured>;

/**
 * `npm run bench`: the exporter beside the bare fetch loop, in one run on one machine, taking turns; medians.
 * Options: `--tickets 100000 --rounds 3 --only loop,files,parquet,duckdb,postgres --postgres <url of a scratch database>`.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      tickets: { type: 'string', default: '100000' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: 'loop,files,duckdb' },
      json: { type: 'string', default: 'bench.json' },
      postgres: { type: 'string' },
    },
  });
  await installTelemetry('ERROR');
  const server = await startDevServer();
  const simulator = startChild(
    '../simulator/main.js',
    ['--port', '0', '--tickets', values.tickets, '--ticket-bytes', '2900'],
    {},
  );
  try {
    const [, zendesk = ''] = await simulator.said(/at (http:\S+)/);
    const postgres = values.postgres;
    let databases = 0;
    const contenders: Record<string, Contender> = {
      loop: async (folder) => measureLoop(zendesk, folder),
      duckdb: async (folder) =>
        measureExporter(server.client, server.address, zendesk, `duckdb:${folder}/tickets.duckdb`),
      files: async (folder) => measureExporter(server.client, server.address, zendesk, `file:${folder}/lake`),
      parquet: async (folder) =>
        measureExporter(server.client, server.address, zendesk, `file:${folder}/lake?format=parquet`),
      ...(postgres === undefined
        ? {}
        : {
            postgres: async () => {
              databases += 1;
              const url = `${postgres}?schema=bench_${process.pid}_${databases}`;
              return measureExporter(server.client, server.address, zendesk, url);
            },
          }),
    };
    const names = values.only.split(',');
    const runs = await takeTurns(contenders, names, Number(values.rounds));
    const medians = new Map(names.map((name) => [name, medianOf(runs.filter((run) => run.name === name))]));
    process.stdout.write(`${tableOf(medians)}\n`);
    writeFileSync(values.json, `${JSON.stringify({ tickets: Number(values.tickets), runs }, null, 2)}\n`);
  } finally {
    await simulator.stop();
    await server.teardown();
  }
}

async function measureLoop(zendesk: string, folder: string): Promise<Measured> {
  const loop = startChild('bareLoop.js', [zendesk, join(folder, 'tickets.ndjson')], {});
  try {
    const [, tickets, milliseconds] = await loop.said(/done (\d+) in ([\d.]+) ms/);
    return { tickets: Number(tickets), seconds: Number(milliseconds) / 1000, ...(await loop.measure()) };
  } finally {
    await loop.stop();
  }
}

type Run = Measured & { readonly name: string };

async function takeTurns(
  contenders: Readonly<Record<string, Contender>>,
  names: readonly string[],
  rounds: number,
): Promise<Run[]> {
  const runs: Run[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of names) {
      const contender = contenders[name];
      if (contender === undefined)
        throw new Error(`unknown contender ${name}: ${Object.keys(contenders).join(', ')}`);
      const folder = mkdtempSync(join(tmpdir(), 'bench-'));
      const run = { name, ...(await contender(folder)) };
      rmSync(folder, { recursive: true });
      runs.push(run);
      process.stdout.write(`${name} ${round}: ${Math.round(run.tickets / run.seconds)} tickets/s\n`);
    }
  }
  return runs;
}

function medianOf(runs: readonly Measured[]): Measured | undefined {
  return [...runs].sort((a, b) => a.seconds - b.seconds)[Math.floor(runs.length / 2)];
}

function tableOf(medians: ReadonlyMap<string, Measured | undefined>): string {
  const loop = medians.get('loop');
  const speed = ({ tickets, seconds }: Measured): number => tickets / seconds;
  const rows = [...medians].map(([name, run]) => {
    if (run === undefined) return [name];
    return [
      name,
      speed(run).toFixed(0),
      loop === undefined ? '' : (speed(run) / speed(loop)).toFixed(2),
      run.cpuSeconds.toFixed(1),
      loop === undefined ? '' : (run.cpuSeconds / loop.cpuSeconds).toFixed(2),
      run.peakMegabytes.toFixed(0),
      run.longestBlockMs.toFixed(0),
      run.eventsPerPage?.toFixed(1) ?? '',
      run.historyBytesPerPage?.toFixed(0) ?? '',
    ];
  });
  const head = [
    '',
    'tickets/s',
    'of loop',
    'CPU s',
    'of loop',
    'peak MB',
    'block ms',
    'events/page',
    'bytes/page',
  ];
  return [head, ...rows].map((row) => row.map((cell) => cell.padStart(12)).join('')).join('\n');
}

void main();
