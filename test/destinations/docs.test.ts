import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Destination } from '../../src/destinations/destination';
import { DuckDbDestination } from '../../src/destinations/duckdb/duckdb';
import { PostgresDestination } from '../../src/destinations/postgres/postgres';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import { field as customField } from './fields';
import { page, read, recordOf, ticket } from './pages';
import { queryDuckDb } from './queryDuckDb';

const YESTERDAY = Math.floor(Date.now() / 1000) - 80_000;

/** What the queries of the documentation are about. */
async function fill(destination: Destination): Promise<void> {
  await destination.prepare();
  const field = { id: 360_021_289_000, value: 'gold' };
  const json = (value: object): string => JSON.stringify(value);
  const events = [
    recordOf('ticket_events', 1, YESTERDAY, {
      ticket_id: 1,
      child_events: [{ event_type: 'Create', status: 'new' }, { event_type: 'Comment' }],
    }),
    recordOf('ticket_events', 2, YESTERDAY, {
      ticket_id: 1,
      child_events: [{ event_type: 'Change', status: 'open' }, { event_type: 'Notification' }],
    }),
  ];
  await destination.write(
    page(
      1,
      [
        ticket(1, YESTERDAY, { group_id: 7, custom_fields: [field, { id: 1, value: '12' }] }),
        ticket(2, YESTERDAY + 1, { group_id: 7, status: 'pending', custom_fields: [] }),
        ticket(3, 1_600_000_000, { group_id: 7, status: 'closed' }),
        ticket(4, YESTERDAY + 2, { group_id: 8, status: 'deleted' }),
      ],
      {
        rejected: [{ kind: 'rejected', stream: 'tickets', reason: 'id: missing', json: '{}' }],
        sideloads: new Map([
          ['groups', [read(json({ id: 7, name: 'Billing' }), 'groups')]],
          ['ticket_events', events],
          [
            'metric_sets',
            [
              { id: 71, ticket_id: 1, reply_time_in_minutes: { calendar: 10, business: 4 } },
              { id: 72, ticket_id: 2, reply_time_in_minutes: { calendar: 20, business: 8 } },
              { id: 73, ticket_id: 3, reply_time_in_minutes: { calendar: null } },
            ].map((set) => read(json(set), 'metric_sets')),
          ],
        ]),
      },
    ),
  );
  const options = [{ value: 'gold', name: 'Gold plan' }];
  await destination.describeFields('acme', [
    customField(field.id, 'Plan', 'tagger', { options }),
    customField(1, 'Seats', 'integer'),
  ]);
}

/** What each query must find, by a word it begins its answer with. */
const ANSWERS: Readonly<Record<string, unknown[]>> = {
  group_name: [{ group_name: 'Billing', open_tickets: 2 }],
  changed_at: [
    { id: 1, status: 'open' },
    { id: 2, status: 'pending' },
    { id: 4, status: 'deleted' },
  ],
  first_reply_minutes: [{ group_id: 7, replied: 2, first_reply_minutes: 15 }],
  latest: [{ subdomain: 'acme', reason: 'id: missing', records: 1 }],
  watermark: [{ subdomain: 'acme', stream: 'tickets', records: 4, quarantined: 1 }],
  plan_label: [
    { plan_label: null, tickets: 2, seats: null },
    { plan_label: 'Gold plan', tickets: 1, seats: 12 },
  ],
  plan: [{ id: 1, plan: 'gold' }],
  last_status: [{ ticket_id: 1, last_status: 'open' }],
  kind: ['Change', 'Comment', 'Create', 'Notification'].map((kind) => ({ kind, child_events: 1 })),
};

async function queriesFor(store: string): Promise<string[]> {
  const text = await readFile(join(__dirname, '../../docs/destinations.md'), 'utf8');
  return [...text.matchAll(/^```sql ?(\w*)\n(.*?);\n```$/gms)]
    .filter(([, only]) => only === '' || only === store)
    .map(([, , sql = '']) => sql);
}

async function checkAll(store: string, rows: (sql: string) => Promise<unknown[]>): Promise<void> {
  const queries = await queriesFor(store);
  expect(queries).toHaveLength(Object.keys(ANSWERS).length);
  for (const [column, answer] of Object.entries(ANSWERS)) {
    const sql = queries.find((query) => new RegExp(` AS ${column}\\b`).test(query)) ?? '';
    expect(await rows(sql)).toMatchObject(answer);
  }
}

test('the documented queries work in DuckDB', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'duckdb-'));
  const file = join(folder, 'tickets.duckdb');
  const destination = new DuckDbDestination(file);
  await fill(destination);
  await destination.close();
  await checkAll('duckdb', async (sql) => queryDuckDb(file, sql));
  await rm(folder, { recursive: true });
});

describe('PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => {
    await server.stop();
  });

  test('the documented queries work', async () => {
    const destination = new PostgresDestination(server.url());
    await fill(destination);
    await destination.close();
    const client = new Client(server.url());
    await client.connect();
    await checkAll('postgres', async (sql) => {
      const found = await client.query<{ row: unknown }>(
        `SELECT to_json(found) AS row FROM (${sql}) AS found`,
      );
      return found.rows.map(({ row }) => row);
    });
    await client.end();
  });
});
