import fc from 'fast-check';
import type { Status } from '../../src/contract/status';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { Clock } from '../../src/simulation/clock';
import { Drive } from '../../src/simulation/drive';
import * as plan from '../../src/simulation/plan';
import { holds, PATIENCE_MS } from './property';

const bounded = fc.record({
  account: plan.accountPlan,
  pagination: plan.pagination,
  perPage: plan.perPage,
  faults: plan.faultPlans,
  fates: plan.fatePlan,
  ranges: fc.constantFrom(1, 3),
  landings: plan.landings,
  /** Seconds from the oldest ticket to each run's `endTime`. */
  ends: fc.array(fc.nat({ max: 60 }), { minLength: 2, maxLength: 3 }),
});

describe('an export with an endTime', () => {
  test(
    'holds exactly what was generated up to it, and a later run goes on there without counting anything twice',
    async () => {
      await holds(
        bounded,
        15,
        async ({ account, pagination, perPage, faults, fates, ranges, landings, ends }) => {
          const clock = new Clock();
          const simulator = await plan.open(account, clock);
          const destination = new MemoryDestination();
          const oldest = Math.floor(clock.seconds) - 120 - account.spread;
          const dies = plan.inTurn(fates);
          let lastResult: Status | undefined;
          let counted = 0;
          try {
            // Too-recent answers end a run early, and that is no matter of its endTime.
            plan.breakThings(
              simulator,
              faults.filter(({ kind }) => kind.kind !== 'tooRecent'),
            );
            for (const [run, after] of ends.toSorted((a, b) => a - b).entries()) {
              const drive = new Drive({
                url: simulator.url,
                destination,
                clock,
                exportId: `run-${run}`,
                fates: dies,
                ...plan.landing(ranges, landings),
                input: {
                  startTime: 0,
                  endTime: oldest + after,
                  pagination,
                  perPage,
                  requestsPerMinute: 600,
                  ranges,
                },
                ...(lastResult === undefined ? {} : { lastResult }),
              });
              while ((await drive.turn()) !== 'end') plan.help(drive, clock);
              lastResult = drive.status;
              counted += drive.tickets.totals.records;
              const wanted = [...simulator.newestVersions()].filter(
                ({ generatedTimestamp }) => generatedTimestamp <= oldest + after,
              );
              expect([...destination.tickets.keys()].sort((a, b) => Number(a) - Number(b))).toEqual(
                wanted.map(({ id }) => id),
              );
              expect(counted).toBe(wanted.length);
            }
          } finally {
            await simulator.close();
          }
        },
      );
    },
    PATIENCE_MS,
  );
});
