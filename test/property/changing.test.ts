import fc from 'fast-check';
import { HOLD_BACK_SECONDS } from '../../src/contract/time';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { Clock } from '../../src/simulation/clock';
import { Drive } from '../../src/simulation/drive';
import * as plan from '../../src/simulation/plan';
import { holds, PATIENCE_MS } from './property';

const changing = fc.record({
  account: plan.accountPlan,
  pagination: plan.pagination,
  perPage: plan.perPage,
  changes: plan.changes,
  ranges: fc.constantFrom(1, 2, 4),
  landings: plan.landings,
});

describe('an export that ends, of an account that changes meanwhile', () => {
  test(
    'holds the newest version of every ticket that Zendesk showed when its last page was asked for',
    async () => {
      await holds(changing, 25, async ({ account, pagination, perPage, changes, ranges, landings }) => {
        const clock = new Clock();
        const simulator = await plan.open(account, clock);
        const destination = new MemoryDestination();
        const drive = new Drive({
          url: simulator.url,
          destination,
          clock,
          ...plan.landing(ranges, landings),
          input: { startTime: 0, pagination, perPage, requestsPerMinute: 600, ranges },
        });
        try {
          let askedAt = clock.seconds;
          for (let turn = 0, kind; kind !== 'end'; turn += 1) {
            for (const event of changes) if (event.turn === turn) plan.happen(event, simulator, drive, clock);
            kind = await drive.turn();
            if (kind === 'exportPage') askedAt = clock.seconds;
          }
          const shown = Math.floor(askedAt) - HOLD_BACK_SECONDS;
          const lost = [...simulator.newestVersions()].filter(
            (ticket) =>
              ticket.generatedTimestamp < shown && destination.tickets.get(ticket.id)?.json !== ticket.json(),
          );
          expect(lost.map(({ id, generatedTimestamp }) => ({ id, generatedTimestamp }))).toEqual([]);
        } finally {
          await simulator.close();
        }
      });
    },
    PATIENCE_MS,
  );
});
