import fc from 'fast-check';

/**
 * Runs a property: with its own number of cases and a fixed seed, so that every test run is the same.
 *
 * Long mode: `PROPERTY_RUNS=5000 npx jest test/property` runs that many cases of each property, with another seed each time.
 * Replay: a failure prints its seed and path; `PROPERTY_SEED=… PROPERTY_PATH=… npx jest test/property -t "…"` runs that case.
 */
export async function holds<T>(
  arbitrary: fc.Arbitrary<T>,
  cases: number,
  property: (example: T) => Promise<void>,
): Promise<void> {
  const { PROPERTY_RUNS: runs, PROPERTY_SEED: seed, PROPERTY_PATH: path } = process.env;
  await fc.assert(fc.asyncProperty(arbitrary, property), {
    numRuns: runs === undefined ? cases : Number(runs),
    ...(seed !== undefined ? { seed: Number(seed) } : runs === undefined ? { seed: 20_251_124 } : {}),
    ...(path === undefined ? {} : { path, endOnFailure: true }),
  });
}

/** A hang is seen by the bound on turns; this only has to be longer than a busy machine needs. */
export const PATIENCE_MS = process.env['PROPERTY_RUNS'] === undefined ? 400_000 : 24 * 3_600_000;
