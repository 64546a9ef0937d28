import fc from 'fast-check';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { Clock } from '../../src/simulation/clock';
import { Drive } from '../../src/simulation/drive';
import * as plan from '../../src/simulation/plan';
import { holds, PATIENCE_MS } from './property';
import { cursorRequests, timeRequests } from './minimum';
import { expectTruth } from './truth';

const untouched = fc.record({
  account: plan.accountPlan,
  pagination: plan.pagination,
  // With pages of one or two tickets an export stays with the cursor, which reads ticket by ticket what time mode expands.
  perPage: plan.perPage.filter((size) => size > 2),
});

describe('an export of an account at rest', () => {
  test(
    'asks for at most one page more than it must for each second that holds more tickets than a page',
    async () => {
      await holds(untouched, 100, async ({ account, pagination, perPage }) => {
        const clock = new Clock();
        const simulator = await plan.open(account, clock);
        const destination = new MemoryDestination();
        const drive = new Drive({
          url: simulator.url,
          destination,
          clock,
          input: { startTime: 0, pagination, perPage, requestsPerMinute: 600 },
        });
        try {
          expect(await drive.run()).toBe('end');
          expectTruth(destination, simulator);
          expect(drive.tickets.totals.records).toBe(simulator.size);
          const seconds = [...simulator.newestVersions()].map((ticket) => ticket.generatedTimestamp);
          const { requests, pinned } =
            pagination === 'cursor'
              ? cursorRequests(seconds, perPage)
              : timeRequests(seconds, perPage, account);
          expect(simulator.requests.length).toBeLessThanOrEqual(requests + pinned);
        } finally {
          await simulator.close();
        }
      });
    },
    PATIENCE_MS,
  );
});
