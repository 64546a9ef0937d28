import { Client } from 'pg';
import { EVENT_VIEWS } from '../../src/destinations/eventViews';
import { PostgresDestination } from '../../src/destinations/postgres/postgres';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import { NOON, page, recordOf, ticket } from './pages';

let server: PostgresServer;
let client: Client;
let schema: string;
let schemas = 0;
const opened: PostgresDestination[] = [];

beforeAll(async () => {
  server = await startPostgres();
  client = new Client(server.url());
  await client.connect();
  await client.query(`CREATE ROLE analyst LOGIN; CREATE ROLE writer LOGIN PASSWORD 'w'`);
});
afterAll(async () => {
  await client.end();
  await server.stop();
});
beforeEach(async () => {
  schemas += 1;
  schema = `events_${schemas}`;
  await client.query(`CREATE SCHEMA ${schema}; SET search_path = ${schema}`);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (destination) => destination.close()));
});

function open(user = {}): PostgresDestination {
  const destination = new PostgresDestination(`${server.url(user)}?schema=${schema}`);
  opened.push(destination);
  return destination;
}

const ones = async (sql: string): Promise<unknown[]> =>
  (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows.map(([value]) => value);

const event = recordOf('ticket_events', 1, NOON, {
  ticket_id: 7,
  child_events: [{ id: 2, event_type: 'Change', status: 'open' }],
});
const events = (number: number) => page(number, [event], { stream: 'ticket_events' });

/** As if an earlier release had made the view, with another definition. */
async function ageViews(): Promise<void> {
  for (const name of EVENT_VIEWS)
    await client.query(`COMMENT ON VIEW ${name} IS 'zendesk-ticket-export before'`);
}

test('a relation of the name that somebody else made is left alone and named, and all else continues', async () => {
  await client.query('CREATE TABLE ticket_comments AS SELECT 1 AS mine');
  const destination = open();
  expect(await destination.prepare()).toEqual([
    'ticket_comments: There is a ticket_comments that the export did not make: rename it.',
  ]);
  await destination.write(events(1));
  expect(await ones('SELECT mine FROM ticket_comments')).toEqual([1]);
  expect(await ones('SELECT value FROM ticket_field_history')).toEqual(['open']);
});

test('what the views give to others, and what stands on them, outlives a change', async () => {
  await open().prepare();
  await client.query(
    `GRANT SELECT ON ticket_comments TO analyst; CREATE VIEW mine AS SELECT id FROM ticket_comments`,
  );
  await ageViews();
  expect(await open().prepare()).toEqual([]);
  expect(await ones(`SELECT has_table_privilege('analyst', 'ticket_comments', 'SELECT')`)).toEqual([true]);
  expect(await ones('SELECT id FROM mine')).toEqual([]);
});

test('missing rights and readers hold up nothing, and the next start brings what is missing', async () => {
  await open().prepare();
  await ageViews();
  await client.query('DROP INDEX ticket_events_by_ticket_id; DROP VIEW ticket_field_history');
  await client.query(
    `GRANT USAGE ON SCHEMA ${schema} TO writer; GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO writer`,
  );
  const writer = open({ user: 'writer', password: 'w' });
  expect(await writer.prepare()).toEqual([
    expect.stringMatching(/^index of ticket_events by ticket_id: .*must be owner of table/),
    expect.stringMatching(/^ticket_comments: .*permission denied for schema/),
    expect.stringMatching(/^ticket_field_history: .*permission denied for schema/),
  ]);
  expect(await writer.write(events(1))).toEqual({ unstorable: 0, swept: 0 });
  const reader = new Client(server.url());
  await reader.connect();
  await reader.query(`BEGIN; SELECT * FROM ${schema}.ticket_comments`);
  expect(await open().prepare()).toEqual([expect.stringMatching(/^ticket_comments: .*lock timeout/)]);
  await reader.end();
  expect(await open().prepare()).toEqual([]);
  expect(await ones('SELECT value FROM ticket_field_history')).toEqual(['open']);
});

test('a worker that is restarted under an export that runs brings what its schema lacks', async () => {
  await open().prepare();
  await client.query(
    'DROP INDEX ticket_events_by_ticket_id; DROP VIEW ticket_comments, ticket_field_history',
  );
  await open().write(page(2, [ticket(1)]));
  expect(await ones('SELECT id FROM ticket_comments')).toEqual([]);
  expect(await ones(`SELECT to_regclass('ticket_events_by_ticket_id') IS NOT NULL`)).toEqual([true]);
});

test('workers that start at once do not get into each other’s way', async () => {
  const found = await Promise.all(Array.from({ length: 5 }, async () => open().prepare()));
  expect(found.flat()).toEqual([]);
});

test.each(EVENT_VIEWS)('%s of one ticket reads the events of that ticket alone', async (name) => {
  await open().prepare();
  await client.query(`
    INSERT INTO ticket_events (subdomain, id, version, ticket_id, object)
    SELECT 'acme', id, ${NOON}, id / 3, '{}' FROM generate_series(1, 30000) AS id; ANALYZE ticket_events`);
  const plan = await ones(`EXPLAIN SELECT * FROM ${name} WHERE subdomain = 'acme' AND ticket_id = 5`);
  expect(plan.join('\n')).toMatch(/Index Scan (using|on) ticket_events_by_ticket_id/);
});
