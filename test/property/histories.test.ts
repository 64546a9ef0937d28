import { MUTANTS } from '../../src/simulation/mutants';
import { patched } from '../../src/simulation/mutate';
import { simulate } from '../../src/simulation/simulate';
import { ROOT } from '../docs/markdown';
import { PATIENCE_MS } from './property';

const { PROPERTY_RUNS: runs, PROPERTY_SEED: chosen } = process.env;
const histories = Number(runs ?? 1000);
const seed = Number(chosen ?? (runs === undefined ? 20_251_124 : Date.now() % 2 ** 31));

// In parts, so that each has time enough on a busy machine.
const PARTS = 4;

test.each(Array.from({ length: PARTS }, (_, part) => part))(
  'exports keep their promises in random histories in which everything goes wrong: part %i of them',
  async (part) => {
    const { failures, tally } = await simulate({ seed, first: part, end: histories, step: PARTS });
    expect(failures.map(({ history, message, plan }) => ({ seed, history, message, plan }))).toEqual([]);
    expect(tally['requests']).toBeGreaterThan(histories / PARTS);
  },
  PATIENCE_MS,
);

test.each(MUTANTS)('the patch of the mutant "$name" fits, so that it can be tried', async (mutant) => {
  expect((await patched(mutant, ROOT)).length).toBeGreaterThan(0);
});

test('every mutant has a name of its own', () => {
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
});
