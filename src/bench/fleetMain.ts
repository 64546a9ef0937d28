import { Console } from 'node:console';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startDevServer } from '../temporal/devServer';
import { installTelemetry } from '../temporal/telemetry';
import { measureConcurrent, measureFollowing, type Concurrent } from './accounts';
import { measureQuotaUse } from './quota';

/**
 * `npm run bench:fleet -- quota|accounts|followers`: one worker that serves many accounts, in real minutes. `quota`: how
 * much of it backfills use; `accounts`: backfills at once; `followers`: exports that follow. Prints a table, writes JSON.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: 'string', default: '5' },
      tickets: { type: 'string', default: '100000' },
      accounts: { type: 'string', default: '500' },
      every: { type: 'string', default: '300' },
      polls: { type: 'string', default: '2' },
      json: { type: 'string', default: 'bench-fleet.json' },
    },
  });
  const [minutes, tickets] = [Number(values.minutes), Number(values.tickets)];
  const follow = {
    accounts: Number(values.accounts),
    everySeconds: Number(values.every),
    polls: Number(values.polls),
  };
  await installTelemetry('ERROR');
  const server = await startDevServer();
  const suites = new Map<string | undefined, () => Promise<readonly object[]>>([
    ['quota', async () => measureQuotaUse(server, minutes)],
    [
      'accounts',
      async () => {
        const rows: Concurrent[] = [];
        for (const many of [1, 10, 100]) rows.push(await measureConcurrent(server, many, tickets));
        return rows;
      },
    ],
    ['followers', async () => [await measureFollowing(server, follow)]],
  ]);
  try {
    const suite = suites.get(positionals[0]);
    if (suite === undefined) throw new Error(`say which: ${[...suites.keys()].join(', ')}`);
    const rows = await suite();
    new Console(process.stdout).table(rows);
    writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  } finally {
    await server.teardown();
  }
}

void main();
