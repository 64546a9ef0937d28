import fc from 'fast-check';
import type { Status } from '../../src/contract/status';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { Clock } from '../../src/simulation/clock';
import { Drive } from '../../src/simulation/drive';
import * as plan from '../../src/simulation/plan';
import { holds, PATIENCE_MS } from './property';
import { expectTruth } from './truth';

const scheduled = fc.record({
  account: plan.accountPlan,
  /** One of each run, so that a run may go on by cursor from one that ended in time mode. */
  paginations: fc.array(plan.pagination, { minLength: 4, maxLength: 4 }),
  perPage: plan.perPage,
  faults: plan.faultPlans,
  fates: plan.fatePlan,
  changes: plan.changes,
});

describe('runs of a schedule', () => {
  test(
    'go on where the last one ended: nothing lost, nothing counted twice',
    async () => {
      await holds(scheduled, 15, async ({ account, paginations, perPage, faults, fates, changes }) => {
        const clock = new Clock();
        const simulator = await plan.open(account, clock);
        const destination = new MemoryDestination();
        const dies = plan.inTurn(fates);
        let lastResult: Status | undefined;
        let counted = 0;
        const waiting = [...changes];
        try {
          plan.breakThings(simulator, faults);
          for (const [run, pagination] of paginations.entries()) {
            if (run === paginations.length - 1) {
              simulator.clearFaults();
              clock.advance(120);
            }
            const drive = new Drive({
              url: simulator.url,
              destination,
              clock,
              exportId: `run-${run}`,
              fates: dies,
              input: { startTime: 0, pagination, perPage, requestsPerMinute: 600 },
              ...(lastResult === undefined ? {} : { lastResult }),
            });
            while ((await drive.turn()) !== 'end') {
              const event = run < paginations.length - 1 ? waiting.shift() : undefined;
              if (event !== undefined) plan.happen(event, simulator, drive, clock);
              plan.help(drive, clock);
            }
            lastResult = drive.status;
            expect(lastResult.state).toBe('completed');
            counted += drive.tickets.totals.records;
          }
          expectTruth(destination, simulator);
          expect(counted).toBe(destination.versions.size);
        } finally {
          await simulator.close();
        }
      });
    },
    PATIENCE_MS,
  );
});
