import type { Simulation } from './simulate';
import { simulate } from './simulate';

// A process that lives through its part of the histories: its argument is a simulation, as JSON.

async function main(): Promise<void> {
  const simulation = JSON.parse(process.argv[2] ?? '') as Simulation;
  const report = await simulate({ ...simulation, lived: (history) => process.send?.({ history }) });
  process.send?.({ report }, () => process.exit(0));
}

// Whoever started it is gone.
process.once('disconnect', () => process.exit(1));
main().catch((error: unknown) => {
  process.send?.({ problem: error instanceof Error ? error.stack : String(error) }, () => process.exit(1));
});
