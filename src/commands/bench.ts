import { runCommand } from '../command';
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { startDevServer } from '../development/devServer';
import { accounts } from '../bench/accounts';
import { readArguments, type SuiteName } from '../bench/arguments';
import { followers } from '../bench/followers';
import { growth } from '../bench/growth';
import { privacy } from '../bench/privacy';
import { quota } from '../bench/quota';
import type { Server, Suite } from '../bench/suite';
import { throughput } from '../bench/throughput';

const suites: Readonly<Record<SuiteName, Suite>> = {
  throughput,
  privacy,
  quota,
  accounts,
  followers,
  growth,
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `npm run bench`: every suite, or those that are named; `--help` says which there are. */
async function main(): Promise<number> {
  const options = readArguments(process.argv.slice(2));
  const machine = { cpus: cpus().length, memoryGB: Math.round(totalmem() / 2 ** 30), node: process.version };
  const results: Record<string, object> = {};
  for (const name of options.suites) {
    say(`\n${name}\n`);
    results[name] = await withServer(async (server) => suites[name]({ server, options, say }));
    // After each, for the case that a later one fails.
    const report = { when: new Date().toISOString(), machine, suites: results };
    writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  return 0;
}

/** The server ends with this process, also when a signal ends it. */
async function withServer<T>(work: (server: Server) => Promise<T>): Promise<T> {
  const server = await startDevServer();
  const stop = (): void => void server.teardown().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await work(server);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await server.teardown();
  }
}

runCommand(main, { stop: () => process.kill(process.pid, 'SIGINT') });
