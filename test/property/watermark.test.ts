import fc from 'fast-check';
import { startSimulator } from '../../src/simulator';
import { isCaughtUp } from '../../workflows/streamState';
import { SETTLED_SECONDS } from '../../src/contract/time';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { Clock } from '../../src/simulation/clock';
import { Drive } from '../../src/simulation/drive';
import * as plan from '../../src/simulation/plan';
import { holds, PATIENCE_MS } from './property';
import { expectWatermark } from './truth';

const EVERY_SECONDS = 300;

const watched = fc.record({
  seed: fc.nat({ max: 1_000_000 }),
  tickets: fc.nat({ max: 60 }),
  /** Since anybody touched a ticket. */
  quietSeconds: fc.constantFrom(0, 90, 3600, 14 * 3600),
  /** A minute, on older accounts five. */
  holdBackSeconds: fc.constantFrom(60, 300),
  /** How much Zendesk's clock is ahead of ours; behind, as far as the hold-back leaves it of what counts as settled. */
  skewSeconds: fc.integer({ min: -SETTLED_SECONDS, max: 200 }),
  pagination: plan.pagination,
  perPage: plan.perPage,
  ranges: fc.constantFrom(1, 3),
  landings: plan.landings,
  fates: plan.fatePlan,
  changes: plan.changes,
});

test(
  'the watermark never promises what is missing, and of a caught-up export is minutes old, however quiet the account',
  async () => {
    await holds(watched, 40, async ({ seed, tickets, quietSeconds, ranges, landings, ...of }) => {
      const clock = new Clock();
      const skew = Math.max(of.skewSeconds, of.holdBackSeconds - SETTLED_SECONDS);
      const zendesk = (): number => clock.seconds + skew;
      const to = Math.floor(zendesk()) - of.holdBackSeconds - quietSeconds;
      const simulator = await startSimulator({
        seed,
        tickets,
        from: to - 100_000,
        to,
        holdBackSeconds: of.holdBackSeconds,
        clock: zendesk,
        ticketBytes: 1200,
      });
      const destination = new MemoryDestination();
      const { pagination, perPage } = of;
      const drive = new Drive({
        url: simulator.url,
        destination,
        clock,
        fates: plan.inTurn(of.fates),
        ...plan.landing(ranges, landings),
        input: {
          startTime: 0,
          follow: { everySeconds: EVERY_SECONDS },
          requestsPerMinute: 600,
          ranges,
          pagination,
          perPage,
        },
      });
      try {
        for (let turn = 0; turn <= 50; turn += 1) {
          for (const event of of.changes)
            if (event.turn === turn) plan.happen(event, simulator, drive, clock);
          await drive.turn();
          const { watermark, lagSeconds, percent } = drive.status;
          expectWatermark(Date.parse(watermark ?? '') / 1000, destination, simulator);
          if (drive.state.progress === null || !isCaughtUp(drive.tickets)) continue;
          expect(percent).toBe(100);
          // Until the next poll, and with all the time that workers take to die.
          expect(lagSeconds).toBeLessThanOrEqual(SETTLED_SECONDS + 2 * EVERY_SECONDS);
        }
      } finally {
        await simulator.close();
      }
    });
  },
  PATIENCE_MS,
);
