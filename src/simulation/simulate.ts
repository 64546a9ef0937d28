import fc from 'fast-check';
import { Broken } from './broken';
import type { History } from './history';
import { histories, type Choice } from './kinds';
import { live } from './life';
import { Tally } from './tally';

export interface Simulation extends Omit<Choice, 'hasPostgres'> {
  readonly seed: number;
  /** Which histories: from `first`, every `step`th, before `end`. */
  readonly first: number;
  readonly end: number;
  readonly step: number;
  /** The URL of a PostgreSQL server. */
  readonly postgres?: string | undefined;
  /** Whether a history that fails is made as small as it can be. Default true. */
  readonly shrinks?: boolean;
  /** Whether the first failure ends it. Default false. */
  readonly stopsAtFailure?: boolean;
  /** Called after each history. */
  readonly lived?: (history: number) => void;
}

export interface Failure {
  readonly history: number;
  readonly check: string;
  readonly message: string;
  /** The smallest history found that fails in such a way. */
  readonly plan: string;
}

export interface Report {
  readonly histories: number;
  readonly failures: readonly Failure[];
  readonly tally: Readonly<Record<string, number>>;
}

const MOST_SHRINKING_MS = 60_000;

/** Lives through histories, one after the other. */
export async function simulate(simulation: Simulation): Promise<Report> {
  const { first, end, step, postgres, stopsAtFailure = false, lived } = simulation;
  const any = histories({ store: simulation.store, hasPostgres: postgres !== undefined });
  const tally = new Tally();
  const failures: Failure[] = [];
  let count = 0;
  for (let history = first; history < end; history += step) {
    const failure = await one(any, history, simulation, tally);
    count += 1;
    lived?.(history);
    if (failure === undefined) continue;
    failures.push(failure);
    if (stopsAtFailure) break;
  }
  return { histories: count, failures, tally: tally.counts };
}

/** The same seed and number are the same history. */
async function one(
  any: fc.Arbitrary<History>,
  history: number,
  { seed, postgres, shrinks = true }: Simulation,
  tally: Tally,
): Promise<Failure | undefined> {
  // What is tried while shrinking does not count.
  let isFirst = true;
  const property = fc.asyncProperty(any, async (drawn) => {
    const counts = isFirst ? tally : new Tally();
    isFirst = false;
    await live(drawn, { postgres, tally: counts });
  });
  const parameters = { seed: seedOf(seed, history), numRuns: 1, unbiased: true };
  let details = await fc.check(property, { ...parameters, endOnFailure: true });
  if (!details.failed) return undefined;
  if (shrinks) {
    const shrunk = await fc.check<[History]>(property, {
      ...parameters,
      plugins: [fc.interruptAfterTimeLimit(MOST_SHRINKING_MS)],
    });
    // It may have taken too long, or not happened again.
    if (shrunk.failed && shrunk.counterexample !== null) details = shrunk;
  }
  const error = details.errorInstance;
  return {
    history,
    check: error instanceof Broken ? error.check : 'error',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    plan: fc.stringify(details.counterexample?.[0]),
  };
}

/** Far apart for neighbours. */
function seedOf(seed: number, history: number): number {
  return (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(history + 1, 0xc2b2ae35)) | 0;
}
