import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { compactRecords } from '../../../src/destinations/files/compactRecords';
import { tickets } from '../../../src/streams/tickets';
import { FilesDestination } from '../../../src/destinations/files/filesDestination';
import { parseLocation } from '../../../src/destinations/files/location';
import { Clock } from '../../../src/simulation/clock';
import { Drive } from '../../../src/simulation/drive';
import * as plan from '../../../src/simulation/plan';
import { holds, PATIENCE_MS } from '../../property/property';
import { queryFiles } from './lake';

const exports = fc.record({
  format: fc.constantFrom('ndjson', 'parquet'),
  account: plan.accountPlan,
  pagination: plan.pagination,
  perPage: fc.integer({ min: 10, max: 60 }),
  faults: plan.faultPlans,
  fates: plan.fatePlan,
  changes: plan.changes,
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterAll(async () => rm(folder, { recursive: true }));

async function latest(root: string): Promise<Map<number, string>> {
  const rows = await queryFiles(
    [],
    `SELECT id, ticket FROM read_parquet('${root}/tickets_latest/*/*.parquet')`,
  );
  return new Map(rows.map(([id, json]) => [Number(id), String(json)]));
}

test(
  'an export into files holds the newest version of every ticket, whatever fails, crashes or changes',
  async () => {
    let example = 0;
    await holds(exports, 15, async ({ format, account, pagination, perPage, faults, fates, changes }) => {
      const clock = new Clock();
      const simulator = await plan.open(account, clock);
      const root = join(folder, String((example += 1)));
      const url = `file:${root}?format=${format}`;
      const destination = new FilesDestination(url);
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
        await compactRecords(parseLocation(url).store, tickets);
        const truth = [...simulator.newestVersions()].map((ticket) => [ticket.id, ticket.json()] as const);
        expect(await latest(root)).toEqual(new Map(truth));
      } finally {
        await destination.close();
        await simulator.close();
      }
    });
  },
  PATIENCE_MS,
);
