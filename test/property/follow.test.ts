import fc from 'fast-check';
import { earliest } from '../../workflows/streamState';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { Clock } from '../../src/simulation/clock';
import { Drive } from '../../src/simulation/drive';
import * as plan from '../../src/simulation/plan';
import { holds, PATIENCE_MS } from './property';
import { expectTruth, expectWatermark } from './truth';

const following = fc.record({
  account: plan.accountPlan,
  pagination: plan.pagination,
  perPage: plan.perPage,
  faults: plan.faultPlans,
  fates: plan.fatePlan,
  changes: plan.changes,
  operations: plan.operations,
  ranges: fc.constantFrom(1, 1, 2, 4),
  landings: plan.landings,
});

describe('an export that follows', () => {
  test(
    'ends at the newest version of every ticket, whatever fails, crashes, changes or is operated',
    async () => {
      await holds(
        following,
        25,
        async ({ account, pagination, perPage, faults, fates, ranges, landings, ...events }) => {
          const clock = new Clock();
          const simulator = await plan.open(account, clock);
          const destination = new MemoryDestination();
          const drive = new Drive({
            url: simulator.url,
            destination,
            clock,
            fates: plan.inTurn(fates),
            ...plan.landing(ranges, landings),
            input: {
              startTime: 0,
              pagination,
              perPage,
              follow: { everySeconds: 60 },
              requestsPerMinute: 600,
              ranges,
            },
          });
          try {
            plan.breakThings(simulator, faults);
            await drive.turn();
            for (let turn = 0; turn <= 50; turn += 1) {
              for (const event of [...events.changes, ...events.operations])
                if (event.turn === turn) plan.happen(event, simulator, drive, clock);
              await drive.turn();
              expectWatermark(earliest(drive.tickets).watermark, destination, simulator);
              if (turn % 3 === 0) plan.help(drive, clock);
            }
            simulator.clearFaults();
            await drive.landAll(); // What failed before must not block the export after the operator's help.
            clock.advance(120);
            drive.interruption = undefined;
            plan.help(drive, clock);
            const before = drive.polls;
            const kind = await drive.run(() => drive.polls === before + 2);
            expect(kind).toBe('poll');
            expectTruth(destination, simulator);
            const { records, repeated } = drive.tickets.totals;
            const readOnce = events.operations.length === 0 && drive.endsWithin === 0;
            if (readOnce) expect(records).toBe(destination.versions.size);
            // Every page brings something, or is the last of a poll or a range, or is followed by one by cursor that does.
            const happened = events.operations.length + events.changes.length;
            const read = new Set(drive.asked.map(({ key, range }) => `${key.epoch} ${range}`)).size;
            expect(drive.pages.length).toBeLessThanOrEqual(
              2 * (records + repeated) + drive.polls + read + happened,
            );
            expect(simulator.requests.length).toBeLessThanOrEqual(drive.asked.length + drive.failedAttempts);
          } finally {
            await simulator.close();
          }
        },
      );
    },
    PATIENCE_MS,
  );
});
