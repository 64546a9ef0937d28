import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client } from 'pg';
import { Registry } from 'prom-client';
import { verificationActivities, type VerificationActivities } from '../../activities/verification';
import type { LastingDestination } from '../../src/destinations/destination';
import { DuckDbDestination } from '../../src/destinations/duckdb/duckdb';
import { FilesDestination } from '../../src/destinations/files/filesDestination';
import { LeasedDestination } from '../../src/destinations/lease';
import { PostgresDestination } from '../../src/destinations/postgres/postgres';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import { Metrics } from '../../src/metrics/metrics';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator';
import { ZendeskClient } from '../../src/zendesk/client';
import { landReread, rereadRequest } from '../../workflows/rereading';
import {
  landCompared,
  landConfirmed,
  landPreparation,
  landRecorded,
  nextVerificationStep,
} from '../../workflows/verification';
import { initialVerification, type Verification } from '../../workflows/verificationState';
import { verificationStatus } from '../../workflows/verificationStatus';
import { exportInto } from '../verify/exportInto';

const NOW = Math.floor(Date.now() / 1000);
const DAY = 86_400;
/** Long enough ago to be compared. */
const TO = NOW - 2 * 3600;
const FROM = TO - 300 * DAY;

let server: PostgresServer;
let schemas = 0;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => server.stop());

interface Store {
  readonly destination: LastingDestination;
  readonly run: (sql: string) => Promise<unknown>;
  readonly remove: () => Promise<void>;
}

const STORES: Record<string, () => Promise<Store>> = {
  DuckDB: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'verify-'));
    const file = join(folder, 'tickets.duckdb');
    const destination = new DuckDbDestination(file);
    return {
      destination,
      run: async (sql) => {
        await destination.close();
        const instance = await DuckDBInstance.create(file);
        const connection = await instance.connect();
        const found = (await connection.runAndReadAll(sql)).getRowObjectsJson();
        connection.closeSync();
        instance.closeSync();
        return found;
      },
      remove: async () => {
        await destination.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
  PostgreSQL: async () => {
    schemas += 1;
    const destination = new PostgresDestination(`${server.url()}?schema=verify${schemas}`);
    const client = new Client(server.url());
    await client.connect();
    await client.query(`SET search_path = verify${schemas}`);
    return {
      destination,
      run: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
      remove: async () => {
        await client.end();
        await destination.close();
      },
    };
  },
};

interface Stage extends Store {
  readonly zendesk: ZendeskClient;
  readonly simulator: Simulator;
  readonly activities: VerificationActivities;
  /** A whole verification, step after step, as the workflow takes them. */
  readonly verify: (input?: Record<string, unknown>) => Promise<Verification>;
}

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function stage(
  open: () => Promise<Store>,
  options: SimulatorOptions = {},
  endpoint: 'time' | 'cursor' = 'time',
): Promise<Stage> {
  const simulator = await startSimulator({
    subdomain: 'acme',
    tickets: 2500,
    from: FROM,
    to: TO,
    ticketBytes: 1200,
    tokens: { bearer: 'secret' },
    ...options,
  });
  const store = await open();
  const zendesk = new ZendeskClient({
    subdomain: 'acme',
    baseUrl: simulator.url,
    credentials: { kind: 'oauthToken', token: 'secret' },
  });
  await exportInto(store.destination, zendesk, endpoint);
  const leased = new LeasedDestination(store.destination);
  const activities = verificationActivities(
    {
      accounts: {
        of: () => ({ zendesk, destination: leased }),
        noticesOf: () => undefined,
        subdomains: () => ['acme'],
      },
      metrics: new Metrics(new Registry()),
      knowsSearchAttributes: async () => false,
    },
    () => () => undefined,
  );
  opened.push(async () => {
    await leased.close();
    await store.remove();
    await simulator.close();
  });
  return {
    ...store,
    zendesk,
    simulator,
    activities,
    verify: async (input = {}) => verify(activities, input),
  };
}

let verifications = 0;

async function verify(
  activities: VerificationActivities,
  input: Record<string, unknown>,
): Promise<Verification> {
  const run = async <T>(work: () => Promise<T>): Promise<T> =>
    new MockActivityEnvironment().run<[], T, () => Promise<T>>(work);
  verifications += 1;
  const verificationId = `verification-${verifications}`;
  // The clock stands still, and the pace never matters.
  const now = Date.now();
  let state = initialVerification(now);
  for (;;) {
    const step = nextVerificationStep(state, now);
    switch (step.kind) {
      case 'prepare': {
        const typed = { subdomain: 'acme', requestsPerMinute: 100_000, ...input };
        const request = await run(async () => activities.prepareVerification(typed, 0));
        state = landPreparation(state, request);
        break;
      }
      case 'compare': {
        const { window } = step;
        const { subdomain, stream = 'tickets', bound, deep } = step.request;
        const asked = { subdomain, stream, bound, deep, window, failedBefore: 0 };
        const compared = await run(async () => activities.compareWindow(asked));
        state = landCompared(state, window, { ...compared, quota: null }, now, now);
        break;
      }
      case 'reread': {
        const asked = rereadRequest(step, { verificationId, step: state.step, failedBefore: 0 });
        const reread = await run(async () => activities.rereadPage(asked));
        state = landReread(state, step, { ...reread, page: { ...reread.page, quota: null } }, now, now);
        break;
      }
      case 'confirm': {
        const { ids } = step;
        const { subdomain, stream = 'tickets', bound, repair, supportTypeScope, reread } = step.request;
        const only = reread === undefined ? {} : { only: 'extra' as const };
        const named = { ids, verificationId, step: state.step, failedBefore: 0, ...only };
        const confirmed = await run(async () =>
          activities.confirmDifferences({ subdomain, stream, bound, repair, supportTypeScope, ...named }),
        );
        state = landConfirmed(state, ids, { ...confirmed, quota: null }, now, now);
        break;
      }
      case 'record': {
        state = landRecorded(state, now);
        const status = verificationStatus(state, now, 'acme');
        await run(async () => activities.recordVerification({ verificationId, status, failedBefore: 0 }));
        break;
      }
      case 'end':
        return state;
      case 'paused':
      case 'wait':
        throw new Error(`a verification that waits: ${step.kind}`);
    }
  }
}

function idsOf({ found }: Verification): Record<string, readonly number[]> {
  return Object.fromEntries(
    Object.entries(found).map(([kind, { ids }]) => [kind, [...ids].sort((one, other) => one - other)]),
  );
}

const CLEAN = { missing: [], stale: [], extra: [] };

/** Ids of tickets that are there. */
function liveIds(simulator: Simulator, count: number): number[] {
  return [...simulator.truth().values()]
    .filter(({ status }) => status !== 'deleted')
    .map(({ id }) => id)
    .filter((_, index) => index % 97 === 3)
    .slice(0, count);
}

/** Deletes rows, makes some stale in two ways, and invents some. */
async function damage({ run, simulator }: Stage): Promise<Record<string, number[]>> {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = liveIds(simulator, 5);
  await run(`DELETE FROM tickets WHERE id IN (${a}, ${b})`);
  await run(
    `UPDATE tickets SET updated_at = updated_at - INTERVAL '3 days', generated_timestamp = generated_timestamp - 259200,
       status = 'open' WHERE id = ${c}`,
  );
  // By the column alone: its version is as new as can be.
  await run(`UPDATE tickets SET updated_at = updated_at - INTERVAL '1 day' WHERE id = ${d}`);
  // Taken for deleted.
  await run(`UPDATE tickets SET deleted = true WHERE id = ${e}`);
  await run(
    `INSERT INTO tickets (subdomain, id, generated_timestamp, deleted, created_at, updated_at, ticket)
     VALUES ('acme', 900001, ${FROM + DAY}, false, to_timestamp(${FROM + DAY}), to_timestamp(${FROM + DAY}), '{"id": 900001}')`,
  );
  await run(
    `INSERT INTO tickets (subdomain, id, generated_timestamp, deleted, ticket)
     VALUES ('acme', 900002, ${FROM + DAY}, false, '{"id": 900002}')`,
  );
  return { missing: [a, b], stale: [c, d, e], extra: [900001, 900002] };
}

describe.each(Object.entries(STORES))('%s', (_, open) => {
  test('finds exactly the rows that were deleted, made stale and invented, repairs them, and is clean then', async () => {
    const set = await stage(open);
    const damaged = await damage(set);
    const found = await set.verify({ deep: true });
    expect(idsOf(found)).toEqual(damaged);
    expect(found).toMatchObject({ unconfirmed: 0, repaired: 0 });
    // Nothing was asked to be repaired.
    const repairing = await set.verify({ deep: true, repair: true });
    expect(idsOf(repairing)).toEqual(damaged);
    expect(repairing.repaired).toBe(7);
    const after = await set.verify({ deep: true });
    expect(idsOf(after)).toEqual(CLEAN);
    expect(await set.run('SELECT deleted FROM tickets WHERE id > 900000')).toEqual([
      { deleted: true },
      { deleted: true },
    ]);
    expect(
      await set.run(
        `SELECT missing::int AS missing, stale::int AS stale, extra::int AS extra, repaired::int AS repaired, deep
         FROM verifications ORDER BY started_at, verification_id`,
      ),
    ).toEqual([
      { missing: 2, stale: 3, extra: 2, repaired: 0, deep: true },
      { missing: 2, stale: 3, extra: 2, repaired: 7, deep: true },
      { missing: 0, stale: 0, extra: 0, repaired: 0, deep: true },
    ]);
  });

  test('finds by counting alone what is missing and extra, with few requests', async () => {
    const set = await stage(open);
    const clean = await set.verify();
    expect(idsOf(clean)).toEqual(CLEAN);
    expect(clean.requests).toBe(2);
    const [gone = 0] = liveIds(set.simulator, 1);
    await set.run(`DELETE FROM tickets WHERE id = ${gone}`);
    const found = await set.verify();
    expect(idsOf(found)).toEqual({ ...CLEAN, missing: [gone] });
    // Counts down to a window of a page, that page, and its confirmation.
    expect(found.requests).toBeLessThan(12);
  });
});

test.each([
  ['DuckDB', 'users'],
  ['PostgreSQL', 'organizations'],
] as const)('%s: %s are compared and repaired like tickets', async (store, stream) => {
  const set = await stage(STORES[store] ?? (() => Promise.reject(new Error('no store'))), { tickets: 5000 });
  await exportInto(set.destination, set.zendesk, stream === 'users' ? 'cursor' : 'time', stream);
  expect(idsOf(await set.verify({ stream, deep: true }))).toEqual(CLEAN);
  const live = (await set.run(`SELECT id::text AS id FROM ${stream} WHERE NOT deleted ORDER BY id`)) as {
    id: string;
  }[];
  const [a, b] = [live[3], live[5]].map((row) => Number(row?.id));
  await set.run(`DELETE FROM ${stream} WHERE id = ${a ?? 0}`);
  await set.run(
    `UPDATE ${stream} SET updated_at = updated_at - INTERVAL '3 days', version = version - 259200 WHERE id = ${b ?? 0}`,
  );
  await set.run(
    `INSERT INTO ${stream} (subdomain, id, version, deleted, created_at, updated_at, object)
     VALUES ('acme', 7, ${FROM + DAY}, false, to_timestamp(${FROM + DAY}), to_timestamp(${FROM + DAY}), '{"id": 7}')`,
  );
  const found = await set.verify({ stream, deep: true, repair: true });
  expect(idsOf(found)).toEqual({ missing: [a], stale: [b], extra: [7] });
  expect(found).toMatchObject({ unconfirmed: 0, repaired: 3 });
  expect(idsOf(await set.verify({ stream, deep: true }))).toEqual(CLEAN);
  expect(
    await set.run(
      'SELECT stream, missing::int AS missing FROM verifications ORDER BY started_at, verification_id',
    ),
  ).toEqual([0, 1, 0].map((missing) => ({ stream, missing })));
});

/** The clock stands still. */
const FREELY = { perMinute: 1000 };

describe.each([
  ['DuckDB', 'time'],
  ['PostgreSQL', 'cursor'],
] as const)('%s, read again after an export by %s', (store, endpoint) => {
  const open = STORES[store] ?? (() => Promise.reject(new Error('no store')));

  test('finds exactly what was deleted, made stale and invented, repairs it, and is clean then', async () => {
    // By time, a second with more than a page is read by cursor.
    const set = await stage(
      open,
      { burst: [{ at: FROM + 5 * DAY, tickets: 1200 }], quota: FREELY },
      endpoint,
    );
    expect(idsOf(await set.verify({ method: 'reread' }))).toEqual(CLEAN);
    const damaged = await damage(set);
    const before = set.simulator.requests.length;
    const repairing = await set.verify({ method: 'reread', repair: true });
    expect(idsOf(repairing)).toEqual(damaged);
    expect(repairing).toMatchObject({ unconfirmed: 0, repaired: 7 });
    const asked = set.simulator.requests.slice(before).map(({ path }) => path);
    expect(asked).not.toContain('/api/v2/search/export');
    expect(asked).toContain(`/api/v2/incremental/tickets${endpoint === 'time' ? '/cursor' : ''}`);
    expect(idsOf(await set.verify({ method: 'reread' }))).toEqual(CLEAN);
    expect(idsOf(await set.verify({ deep: true }))).toEqual(CLEAN);
  });

  test('finds all of hundreds that are missing and invented', async () => {
    const set = await stage(open, { quota: FREELY }, endpoint);
    const missing = [...set.simulator.truth().values()].filter(
      ({ id, status }) => id % 7 === 5 && status !== 'deleted',
    );
    await set.run('DELETE FROM tickets WHERE id % 7 = 5');
    await set.run(
      `INSERT INTO tickets (subdomain, id, generated_timestamp, deleted, updated_at, ticket)
       SELECT 'acme', 900000 + n, ${FROM + DAY} + n % 7, false, to_timestamp(${FROM + DAY}), '{"id": 1}'
       FROM generate_series(1, 700) AS invented(n)`,
    );
    const { found } = await set.verify({ method: 'reread' });
    expect(found).toMatchObject({
      missing: { count: missing.length },
      stale: { count: 0 },
      extra: { count: 700 },
    });
  });

  test('leaves out what has changed since, and what the export left out', async () => {
    const set = await stage(open, { quota: FREELY }, endpoint);
    const [a = 0, b = 0] = liveIds(set.simulator, 2);
    set.simulator.update(a);
    set.simulator.delete(b);
    set.simulator.create(3);
    await set.run('DELETE FROM tickets WHERE deleted');
    expect(idsOf(await set.verify({ method: 'reread', repair: true }))).toEqual(CLEAN);
  });
});

describe('with DuckDB', () => {
  const open = STORES.DuckDB ?? (() => Promise.reject(new Error('no store')));

  test('what the search index does not know yet is no difference', async () => {
    const set = await stage(open, { searchLagSeconds: 100 * DAY });
    const found = await set.verify({ deep: true });
    expect(idsOf(found)).toEqual(CLEAN);
    expect(found.unconfirmed).toBeGreaterThan(0);
  });

  test('what was changed, created or deleted after the watermark is left out', async () => {
    const set = await stage(open);
    const [a = 0, b = 0] = liveIds(set.simulator, 2);
    set.simulator.update(a);
    set.simulator.delete(b);
    set.simulator.create(3);
    expect(idsOf(await set.verify({ deep: true, repair: true }))).toEqual(CLEAN);
    expect(await set.run(`SELECT deleted FROM tickets WHERE id = ${b}`)).toEqual([{ deleted: false }]);
  });

  test('a deletion that the export has missed is an extra ticket, and one that was undone a stale one', async () => {
    const set = await stage(open);
    const [a = 0, b = 0] = liveIds(set.simulator, 2);
    set.simulator.delete(a, { at: TO });
    set.simulator.update(b, { at: TO });
    expect(idsOf(await set.verify({ deep: true }))).toEqual({ missing: [], stale: [b], extra: [a] });
  });

  test('windows that are too heavy, and one second with more than a page, are compared all the same', async () => {
    const set = await stage(open, { tickets: 300, burst: [{ at: FROM + 5 * DAY, tickets: 1200 }] });
    await set.run('DELETE FROM tickets WHERE id = 1000');
    expect(idsOf(await set.verify({ deep: true }))).toEqual({ ...CLEAN, missing: [1000] });
  });

  test('tickets outside of the scope of the export are not missing', async () => {
    const set = await stage(open);
    const ai = [...set.simulator.truth().values()].find(
      ({ supportType, status }) => supportType === 'ai_agent' && status !== 'deleted',
    );
    await set.run(`DELETE FROM tickets WHERE id = ${ai?.id ?? 0}`);
    expect(idsOf(await set.verify({ deep: true, supportTypeScope: 'agent' }))).toEqual(CLEAN);
    expect(idsOf(await set.verify({ deep: true }))).toEqual({ ...CLEAN, missing: [ai?.id] });
  });

  test('a repair whose answer was lost is found again, and counted once', async () => {
    const set = await stage(open);
    const [gone = 0] = liveIds(set.simulator, 1);
    await set.run(`DELETE FROM tickets WHERE id = ${gone}`);
    const bound = NOW - 3600;
    const asked = {
      ...({ subdomain: 'acme', bound, repair: true, supportTypeScope: 'all', ids: [gone] } as const),
      ...{ verificationId: 'lost', step: 1, failedBefore: 0 },
    };
    const first = new MockActivityEnvironment({ activityId: '7' });
    const repaired = await first.run(async () => set.activities.confirmDifferences(asked));
    const second = new MockActivityEnvironment({ activityId: '7', attempt: 2 });
    const again = await second.run(async () => set.activities.confirmDifferences(asked));
    expect(repaired).toMatchObject({ differences: { missing: [gone] }, repaired: 1 });
    expect(again).toMatchObject({ differences: { missing: [gone] }, repaired: 1 });
  });

  test('a destination of files is refused, with the way that there is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'verify-'));
    const set = stage(async () => ({
      destination: new FilesDestination(`file:${folder}`),
      run: async () => [],
      remove: async () => {
        rmSync(folder, { recursive: true });
      },
    }));
    const { activities } = await set;
    await expect(
      new MockActivityEnvironment().run(async () => activities.prepareVerification({ subdomain: 'acme' }, 0)),
    ).rejects.toThrow('docs/verify.md');
  });
});
