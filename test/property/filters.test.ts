import fc from 'fast-check';
import type { Status } from '../../src/contract/status';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { Clock } from '../../src/simulation/clock';
import { Drive } from '../../src/simulation/drive';
import { Expected } from './expected';
import * as plan from '../../src/simulation/plan';
import { holds, PATIENCE_MS } from './property';
import { Troubled, type Trouble } from '../../src/simulation/troubled';

const filtered = fc.record({
  // Small ones: every version is compared.
  account: plan.accountPlan.map((account) => ({
    ...account,
    tickets: account.tickets % 40,
    shapes: [{ bytes: 1200 }],
  })),
  pagination: plan.pagination,
  perPage: plan.perPage,
  filters: fc.record({
    excludeSystemUpdates: fc.boolean(),
    excludeDeleted: fc.boolean(),
    supportTypeScope: fc.constantFrom('all' as const, 'agent' as const, 'ai_agent' as const),
  }),
  include: fc.subarray(['users', 'groups', 'organizations', 'metric_sets', 'comment_count']),
  /** Polls of one run, or runs of a schedule. */
  follow: fc.boolean(),
  ranges: fc.constantFrom(1, 1, 3),
  landings: plan.landings,
  changes: plan.changes,
  operations: plan.operations,
  gaps: plan.gaps,
  faults: plan.faultPlans,
  fates: plan.fatePlan,
  troubles: fc.array(
    fc.constantFrom<Trouble>('none', 'none', 'failsBefore', 'failsAfter', 'full', 'late', 'late'),
    { maxLength: 30 },
  ),
  lateness: fc.nat({ max: 3 }),
  /** Tickets whose number leaves this remainder cannot be stored. */
  odd: fc.record({ modulus: fc.integer({ min: 2, max: 20 }), remainder: fc.nat({ max: 19 }) }),
});

describe('an export with filters, into a store that fails', () => {
  test(
    'holds what its filters keep at its newest version, and in quarantine what cannot be stored',
    async () => {
      await holds(filtered, 60, async ({ account, filters, include, follow, ranges, odd, ...of }) => {
        const clock = new Clock();
        const simulator = await plan.open(account, clock);
        const memory = new MemoryDestination(({ id }) => Number(id) % odd.modulus === odd.remainder);
        const destination = new Troubled(memory, of.troubles, of.lateness);
        const expected = new Expected(simulator, filters);
        const fates = plan.inTurn(of.fates);
        const begin = (run: number, lastResult?: Status): Drive =>
          new Drive({
            url: simulator.url,
            destination,
            clock,
            fates,
            exportId: `run-${run}`,
            ...plan.landing(ranges, of.landings),
            input: {
              startTime: 0,
              pagination: of.pagination,
              perPage: of.perPage,
              ...filters,
              include,
              ranges,
              requestsPerMinute: 600,
              follow: follow ? { everySeconds: 60 } : false,
            },
            ...(lastResult === undefined ? {} : { lastResult }),
          });
        let drive = begin(0);
        let run = 0;
        const goOn = async (): Promise<void> => {
          if ((await drive.turn()) === 'end')
            drive = begin((run += 1), JSON.parse(JSON.stringify(drive.status)) as Status);
        };
        try {
          plan.breakThings(simulator, of.faults);
          for (let turn = 0; turn <= 50; turn += 1) {
            // What an operator does to an export that has not been prepared has no place to go back to.
            const events = [...of.changes, ...of.gaps, ...(turn === 0 ? [] : of.operations)];
            for (const event of events.filter((each) => each.turn === turn)) {
              plan.happen(event, simulator, drive, clock);
              expected.learn(event.what.kind);
            }
            await goOn();
            if (turn % 3 === 0) plan.help(drive, clock);
          }
          simulator.clearFaults();
          await destination.heal();
          await drive.landAll();
          drive.interruption = undefined;
          // Of what is held back, and of what it was asked before.
          for (let reading = 0; reading < 2; reading += 1) {
            clock.advance(400);
            plan.help(drive, clock);
            const { polls } = drive;
            const kind = await drive.run(() => follow && drive.polls === polls + 2);
            expect(kind).toBe(follow ? 'poll' : 'end');
            if (!follow) drive = begin((run += 1), JSON.parse(JSON.stringify(drive.status)) as Status);
          }
          expect(expected.problems(memory)).toEqual([]);
        } finally {
          await simulator.close();
        }
      });
    },
    PATIENCE_MS,
  );
});
