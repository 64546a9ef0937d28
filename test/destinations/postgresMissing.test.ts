import { Client } from 'pg';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import { DestinationRefused } from '../../src/destinations/destination';
import { PostgresDestination } from '../../src/destinations/postgres/postgres';
import { field } from './fields';
import { NOON, page, recordOf, ticket } from './pages';

let server: PostgresServer;
let admin: Client;
let destination: PostgresDestination;
let schemas = 0;

beforeAll(async () => {
  server = await startPostgres();
  admin = new Client(server.url());
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await server.stop();
});

/** A destination of an export that runs: prepared, described, with a page. */
beforeEach(async () => {
  schemas += 1;
  destination = new PostgresDestination(`${server.url()}?schema=missing_${schemas}`);
  await destination.prepare();
  await destination.describeFields('acme', [field(1, 'Plan')]);
  await destination.write(page(1, [ticket(1)]));
  await admin.query(`SET search_path = missing_${schemas}`);
});
afterEach(async () => destination.close());

const ids = async (table: string): Promise<unknown[]> =>
  (await admin.query<{ id: number }>(`SELECT id::int FROM ${table} ORDER BY id`)).rows.map(({ id }) => id);

const later = page(2, [ticket(2, NOON, { due_at: '2024-01-01T00:00:00Z' })], {
  sideloads: new Map([['users', [recordOf('users', 7)]]]),
});

test.each([
  ['its schema', (schema: string) => `DROP SCHEMA ${schema} CASCADE`],
  ['all that is in its schema', (schema: string) => `DROP SCHEMA ${schema} CASCADE; CREATE SCHEMA ${schema}`],
  ['its tickets', () => 'DROP TABLE tickets CASCADE'],
  [
    'all but its version',
    () =>
      `DROP TABLE tickets, export_pages, quarantine, users, groups, organizations, sharing_agreements, ticket_forms,
     metric_sets, ticket_fields, ticket_field_options CASCADE`,
  ],
])('a running export that loses %s makes it and continues', async (_, statement) => {
  await admin.query(statement(`missing_${schemas}`));
  expect(await destination.write(later)).toEqual({ unstorable: 0, swept: 0 });
  expect(await ids('tickets')).toEqual([2]);
  expect(await ids('users')).toEqual([7]);
  expect(await ids('tickets_wide')).toEqual([2]);
  expect(await ids('ticket_comments')).toEqual([]);
  await destination.prepare();
});

test.each([
  ['a table of sideloads', 'DROP TABLE users'],
  ['a function', 'DROP FUNCTION jsonb_or_null; DROP FUNCTION timestamptz_or_null CASCADE'],
])('a running export that loses %s keeps the rest', async (_, statement) => {
  await admin.query(statement);
  await destination.write(later);
  expect(await ids('tickets')).toEqual([1, 2]);
  expect(await ids('users')).toEqual([7]);
  expect(await ids('ticket_comments')).toEqual([]);
});

test('a checkpoint, the quarantine and custom fields are not there, which is not refused', async () => {
  const drop = `DROP SCHEMA missing_${schemas} CASCADE`;
  await admin.query(drop);
  expect(await destination.checkpoint('acme', later.key)).toBeUndefined();
  await admin.query(drop);
  expect(await destination.quarantined()).toEqual([]);
  await admin.query(drop);
  expect(await destination.describeFields('acme', [field(1, 'Plan')])).toEqual([]);
  expect(await ids('ticket_fields')).toEqual([1]);
});

test('a right that is missing for it is named', async () => {
  const name = `writer_${schemas}`;
  await admin.query(
    `CREATE ROLE ${name} LOGIN PASSWORD 'w'; GRANT USAGE ON SCHEMA missing_${schemas} TO ${name}`,
  );
  await admin.query(`GRANT ALL ON ALL TABLES IN SCHEMA missing_${schemas} TO ${name}`);
  const writer = new PostgresDestination(
    `${server.url({ user: name, password: 'w' })}?schema=missing_${schemas}`,
  );
  await writer.write(page(3, [ticket(3)]));
  await admin.query('DROP TABLE tickets CASCADE');
  const failure: unknown = await writer.write(later).catch((error: unknown) => error);
  await writer.close();
  expect(failure).toBeInstanceOf(DestinationRefused);
  expect(String(failure)).toMatch(/permission denied for schema .*Grant the user CREATE on the schema/);
});
