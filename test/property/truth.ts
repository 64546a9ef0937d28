import type { Simulator } from '../../src/simulator';
import type { MemoryDestination } from '../../src/simulation/memoryDestination';

/** Fails unless the destination holds exactly the newest version of every ticket. */
export function expectTruth(destination: MemoryDestination, simulator: Simulator): void {
  const wrong = [...simulator.newestVersions()].filter(
    (ticket) => destination.tickets.get(ticket.id)?.json !== ticket.json(),
  );
  expect(wrong.map(({ id, generatedTimestamp }) => ({ id, generatedTimestamp }))).toEqual([]);
  expect(destination.tickets.size).toBe(simulator.size);
}

/** Fails when a version generated before the watermark is missing: it would be lost by a reset to the watermark. */
export function expectWatermark(
  watermark: number,
  destination: MemoryDestination,
  simulator: Simulator,
): void {
  for (const { id, generatedTimestamp } of simulator.newestVersions()) {
    if (generatedTimestamp >= watermark) continue;
    const stored = destination.tickets.get(id)?.version;
    if (stored !== generatedTimestamp)
      throw new Error(`ticket ${id} of ${generatedTimestamp} is missing below the watermark ${watermark}`);
  }
}
