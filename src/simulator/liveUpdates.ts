import { randomStream } from './random';
import type { Simulator } from './simulator';

/** Makes random changes as a busy help desk does: mostly updates, some new tickets, few deletions and system updates. */
export function changeAtRandom(simulator: Simulator, random: () => number, count: number): void {
  for (let change = 0; change < count; change += 1) {
    const id = 1 + Math.floor(random() * simulator.size);
    const draw = random();
    if (draw < 0.1 || simulator.size === 0) simulator.create();
    else if (draw < 0.13) simulator.delete(id);
    else simulator.update(id, { system: draw > 0.95 });
  }
}

/** Changes `perSecond` tickets a second (any positive number) until the function it returns is called. */
export function startLiveUpdates(simulator: Simulator, perSecond: number, seed = 1): () => void {
  const random = randomStream(seed);
  let due = 0;
  const timer = setInterval(() => {
    due += perSecond / 10;
    const count = Math.floor(due);
    due -= count;
    changeAtRandom(simulator, random, count);
  }, 100);
  return () => {
    clearInterval(timer);
  };
}
