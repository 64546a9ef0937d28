import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Report, Simulation } from './simulate';
import { Tally } from './tally';

/** What a process says to the one that has started it. */
interface Said {
  readonly history?: number;
  readonly report?: Report;
  readonly problem?: string;
}

/** No history takes so long, on any machine. */
const LONGEST_SILENCE_MS = 5 * 60_000;

/** A process came to no end with a history. */
export class Silent extends Error {}

/**
 * Runs a simulation in a process of its own.
 * @param lib the compiled sources
 * @throws Silent, or what the process says is wrong
 */
export async function inProcess(
  simulation: Omit<Simulation, 'lived'>,
  lived: (history: number) => void = () => undefined,
  lib = join(__dirname, '../..'),
): Promise<Report> {
  const child = fork(join(lib, 'src/simulation/child.js'), [JSON.stringify(simulation)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  try {
    return await new Promise((resolve, reject) => {
      let silence: NodeJS.Timeout | undefined;
      const listen = (): void => {
        clearTimeout(silence);
        silence = setTimeout(() => {
          reject(new Silent(`no history came to its end within ${LONGEST_SILENCE_MS / 60_000} minutes`));
        }, LONGEST_SILENCE_MS);
      };
      listen();
      child.on('message', ({ history, report, problem }: Said) => {
        listen();
        if (history !== undefined) lived(history);
        if (report !== undefined) resolve(report);
        if (problem !== undefined) reject(new Error(problem));
      });
      child.once('exit', (code, signal) => {
        clearTimeout(silence);
        reject(new Error(`a process of the simulation ended with ${signal ?? String(code)}`));
      });
    });
  } finally {
    process.off('exit', killed);
    child.kill('SIGKILL');
  }
}

/** Shares histories out among processes. */
export async function sideBySide(
  simulation: Omit<Simulation, 'lived' | 'step'>,
  processes: number,
  lived: () => void,
): Promise<Report> {
  const reports = await Promise.all(
    Array.from({ length: processes }, async (_, index) =>
      inProcess({ ...simulation, first: simulation.first + index, step: processes }, lived),
    ),
  );
  const tally = new Tally();
  for (const report of reports) tally.add(report.tally);
  return {
    histories: reports.reduce((sum, { histories }) => sum + histories, 0),
    failures: reports.flatMap(({ failures }) => failures).sort((one, other) => one.history - other.history),
    tally: tally.counts,
  };
}
