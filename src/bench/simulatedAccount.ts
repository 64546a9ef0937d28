import type { Options } from './arguments';
import { startChild } from '../development/child';

/**
 * A simulated account in a process of its own, without a quota. It builds its pages as they are asked for and keeps few, so
 * that a large account takes no more memory for bodies than a small one.
 */
export async function withSimulatedAccount<T>(
  tickets: number,
  { shapeArguments }: Pick<Options, 'shapeArguments'>,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const args = ['--port', '0', '--tickets', String(tickets), ...shapeArguments];
  const simulator = startChild('../commands/simulator.js', args, {});
  try {
    const [, url = ''] = await simulator.said(/at (http:\S+)/);
    return await work(url);
  } finally {
    await simulator.stop();
  }
}
