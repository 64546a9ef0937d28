import { messageOf, runCommand } from '../command';
import { startDevServer, type DevServer } from '../development/devServer';
import { readArguments } from '../faults/arguments';
import { NotRun, type Fault } from '../faults/fault';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `npm run faults`: all of them one after another, or those that are named. */
async function main(): Promise<number> {
  const { faults, minutes } = readArguments(process.argv.slice(2));
  const server = await startDevServer();
  const stop = (): void => void server.teardown().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const verdicts: Verdict[] = [];
  try {
    for (const fault of faults) verdicts.push(await judge(fault, server, minutes));
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await server.teardown();
  }
  const count = (verdict: Verdict): number => verdicts.filter((one) => one === verdict).length;
  say(`${count('exact')} exact, ${count('FAILED')} failed, ${count('not run')} not run`);
  return count('FAILED') > 0 ? 1 : 0;
}

type Verdict = 'exact' | 'FAILED' | 'not run';

async function judge(fault: Fault, server: DevServer, minutes: number): Promise<Verdict> {
  const began = performance.now();
  const report = (verdict: Verdict, text: string): Verdict => {
    const seconds = Math.round((performance.now() - began) / 1000);
    say(`${fault.name}: ${verdict}: ${text} (${seconds} s)`);
    return verdict;
  };
  try {
    const { happened, compared } = await fault.run({ server, minutes, say });
    return report('exact', `${happened}; ${compared} records compared, all the same`);
  } catch (error) {
    return error instanceof NotRun ? report('not run', error.message) : report('FAILED', messageOf(error));
  }
}

runCommand(main, { stop: () => process.kill(process.pid, 'SIGINT') });
