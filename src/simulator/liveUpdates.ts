import type { ServedStream } from './account';
import { LISTS } from './listSpecs';
import { pick, randomStream } from './random';
import type { Simulator } from './simulator';

/** Lists with a field that changes without `updated_at` (§ lists). */
const QUIET: readonly ServedStream[] = ['custom_roles', 'organization_memberships'];

/** Makes random changes as a busy help desk does: most of tickets, and of each stream mostly updates. */
export function changeAtRandom(simulator: Simulator, random: () => number, count: number): void {
  for (let change = 0; change < count; change += 1) {
    const draw = random();
    if (draw < 0.6) changeTicket(simulator, random);
    else if (draw < 0.8) changeOne(simulator, 'users', random);
    else if (draw < 0.88) changeOne(simulator, 'organizations', random);
    else if (draw < 0.95 && simulator.size > 0) changeOne(simulator, 'ticket_metric_events', random);
    else changeOne(simulator, pick(LISTS, Math.floor(random() * LISTS.length)), random);
  }
}

/** Each change that is not the system's makes a ticket event, too. */
function changeTicket(simulator: Simulator, random: () => number): void {
  const id = 1 + Math.floor(random() * simulator.size);
  const draw = random();
  if (draw < 0.1 || simulator.size === 0) simulator.create();
  else if (draw < 0.13) simulator.delete(id);
  else simulator.update(id, { system: draw > 0.95 });
}

function changeOne(simulator: Simulator, stream: ServedStream, random: () => number): void {
  const id = simulator.anyOf(stream, random());
  const draw = random();
  if (draw < 0.15 || id === undefined) simulator.add(stream, 1);
  else if (draw < 0.3) simulator.remove(stream, id);
  else if (draw < 0.4) simulator.restore(stream, id);
  else simulator.change(stream, id, { quietly: draw > 0.7 && QUIET.includes(stream) });
}

/** Makes `perSecond` changes a second (any positive number) until the function it returns is called. */
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
