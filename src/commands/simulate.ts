import { runCommand } from '../command';
import { startPostgres } from '../development/postgres';
import { readArguments, type Arguments } from '../simulation/arguments';
import { sideBySide } from '../simulation/crew';
import { MUTANTS } from '../simulation/mutants';
import { mutate, type Verdict } from '../simulation/mutate';
import type { Report } from '../simulation/simulate';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `npm run simulate`: random histories, or faults that they must show. */
async function main(): Promise<number> {
  const args = readArguments(process.argv.slice(2));
  return args.mutants ? mutants(args) : histories(args);
}

const SAID_EVERY = 500;

async function histories(args: Arguments): Promise<number> {
  const { seed, history, store } = args;
  const [first, end] = history === undefined ? [0, args.histories] : [history, history + 1];
  const processes = Math.min(args.processes, end - first);
  const postgres = args.postgres || store === 'postgres' ? await startPostgres() : undefined;
  const began = Date.now();
  try {
    let lived = 0;
    const report = await sideBySide({ seed, first, end, store, postgres: postgres?.url() }, processes, () => {
      lived += 1;
      if (lived % SAID_EVERY === 0) say(`${lived} histories, ${seconds(began)} s`);
    });
    summarize(report, args);
    say(`\n${report.histories} histories in ${seconds(began)} s, ${report.failures.length} failed.`);
    return report.failures.length === 0 ? 0 : 1;
  } finally {
    await postgres?.stop();
  }
}

function summarize({ failures, tally }: Report, { seed, store, postgres }: Arguments): void {
  say('\nWhat happened:\n');
  for (const [what, times] of Object.entries(tally).sort(([one], [other]) => (one < other ? -1 : 1)))
    say(`${String(times).padStart(9)}  ${what}`);
  for (const { history, message, plan } of failures) {
    const options = [...(store === undefined ? [] : ['--store', store]), ...(postgres ? ['--postgres'] : [])];
    say(`\nHistory ${history}: ${message}\n\nThe smallest one found:\n${plan}\n\nThe same again:`);
    say(`npm run simulate -- ${['--seed', seed, '--history', history, ...options].join(' ')}`);
  }
}

async function mutants({ seed, histories, processes, only }: Arguments): Promise<number> {
  const chosen = MUTANTS.filter(({ name }) => name.includes(only));
  const verdicts: Verdict[] = [];
  const began = Date.now();
  await mutate(chosen, { seed, histories, processes: Math.min(processes, chosen.length) }, (verdict) => {
    verdicts.push(verdict);
    say(lineOf(verdict));
  });
  const survivors = verdicts.filter(({ check }) => check === null);
  say(`\n${verdicts.length} mutants in ${seconds(began)} s, ${survivors.length} survived.`);
  for (const { mutant } of survivors) say(`\n${mutant.name} (${mutant.file}): ${mutant.why}`);
  return survivors.length === 0 ? 0 : 1;
}

function lineOf({ mutant, check, histories }: Verdict): string {
  const caught = check === null ? 'SURVIVED' : `caught by ${check}`;
  return `${mutant.name.padEnd(52)} ${caught.padEnd(20)} ${String(histories).padStart(5)} histories`;
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}

runCommand(main);
