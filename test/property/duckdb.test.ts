import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { DuckDbDestination } from '../../src/destinations/duckdb/duckdb';
import { Clock } from '../../src/simulation/clock';
import { Drive } from '../../src/simulation/drive';
import * as plan from '../../src/simulation/plan';
import { holds, PATIENCE_MS } from './property';

const intoDuckDb = fc.record({
  account: plan.accountPlan,
  pagination: plan.pagination,
  perPage: fc.integer({ min: 10, max: 60 }),
  faults: plan.faultPlans,
  fates: plan.fatePlan,
  changes: plan.changes,
});

const TICKETS = 'SELECT id, ticket::VARCHAR FROM tickets ORDER BY id';

async function read(path: string): Promise<Map<number, string>> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(TICKETS)).getRows();
  connection.closeSync();
  instance.closeSync();
  return new Map(rows.map(([id, ticket]) => [Number(id), String(ticket)]));
}

describe('an export into a DuckDB file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'property-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  test(
    'ends at the newest version of every ticket, whatever fails, crashes or changes',
    async () => {
      let example = 0;
      await holds(intoDuckDb, 12, async ({ account, pagination, perPage, faults, fates, changes }) => {
        const clock = new Clock();
        const simulator = await plan.open(account, clock);
        const path = join(folder, `${(example += 1)}.duckdb`);
        const destination = new DuckDbDestination(path);
        const drive = new Drive({
          url: simulator.url,
          destination,
          clock,
          fates: plan.inTurn(fates),
          input: { startTime: 0, pagination, perPage, follow: { everySeconds: 60 }, requestsPerMinute: 600 },
        });
        try {
          plan.breakThings(simulator, faults);
          for (const event of changes) {
            await drive.turn();
            plan.happen(event, simulator, drive, clock);
            plan.help(drive, clock);
          }
          simulator.clearFaults();
          clock.advance(120);
          plan.help(drive, clock);
          const before = drive.polls;
          expect(await drive.run(() => drive.polls === before + 2)).toBe('poll');
          await destination.close();
          const truth = [...simulator.newestVersions()].map((ticket) => [ticket.id, ticket.json()] as const);
          expect(await read(path)).toEqual(new Map(truth));
        } finally {
          await destination.close();
          await simulator.close();
        }
      });
    },
    PATIENCE_MS,
  );
});
