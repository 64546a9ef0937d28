import fc from 'fast-check';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { Clock } from '../../src/simulation/clock';
import { Drive } from '../../src/simulation/drive';
import * as plan from '../../src/simulation/plan';
import { holds, PATIENCE_MS } from './property';
import { expectTruth } from './truth';

const heavy = fc.record({
  account: plan.accountPlan,
  pagination: plan.pagination,
  perPage: fc.integer({ min: 2, max: 60 }),
  /** Seconds from the oldest ticket, where pages of more than `above` tickets cannot be put together. */
  region: fc.record({ from: fc.nat({ max: 50 }), length: fc.integer({ min: 1, max: 50 }) }),
  above: fc.integer({ min: 1, max: 20 }),
});

describe('an account with a region of heavy tickets', () => {
  test(
    'is exported whole, with smaller pages there',
    async () => {
      await holds(heavy, 50, async ({ account, pagination, perPage, region, above }) => {
        const clock = new Clock();
        const simulator = await plan.open(account, clock);
        const destination = new MemoryDestination();
        const oldest = Math.floor(clock.seconds) - 120 - account.spread;
        const fromTime = oldest + region.from;
        simulator.fault({
          kind: 'upstreamTimeout',
          perPageAbove: above,
          fromTime,
          toTime: fromTime + region.length,
        });
        const drive = new Drive({
          url: simulator.url,
          destination,
          clock,
          input: { startTime: oldest, pagination, perPage, requestsPerMinute: 600 },
        });
        try {
          expect(await drive.run()).toBe('end');
          expectTruth(destination, simulator);
          expect(drive.tickets.totals.records).toBe(simulator.size);
          expect(drive.tickets.totals.requests).toBe(simulator.requests.length);
        } finally {
          await simulator.close();
        }
      });
    },
    PATIENCE_MS,
  );
});
