import { Client } from 'pg';
import { DestinationRefused } from '../../src/destinations/destination';
import { OWN_COLUMNS } from '../../src/destinations/fieldColumns';
import { PostgresDestination } from '../../src/destinations/postgres/postgres';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import type { CustomField } from '../../src/streams/customField';
import { field } from './fields';
import { page, ticket } from './pages';

let server: PostgresServer;
let client: Client;
let destination: PostgresDestination;
let schemas = 0;

beforeAll(async () => {
  server = await startPostgres();
  client = new Client(server.url());
  await client.connect();
  await client.query('CREATE ROLE analyst LOGIN; CREATE ROLE "odd \'role"');
});
afterAll(async () => {
  await client.end();
  await server.stop();
});
beforeEach(async () => {
  schemas += 1;
  destination = new PostgresDestination(`${server.url()}?schema=fields_${schemas}`);
  await destination.prepare();
  await client.query(`SET search_path = fields_${schemas}`);
});
afterEach(async () => destination.close());

async function viewId(): Promise<unknown> {
  const { rows } = await client.query<{ id: unknown }>("SELECT 'tickets_wide'::regclass::oid::int AS id");
  return rows[0]?.id;
}

test('what the view gives to others outlives a change of its columns', async () => {
  await destination.describeFields('acme', [field(1, 'Plan')]);
  await client.query('GRANT SELECT ON tickets_wide TO PUBLIC');
  await client.query('GRANT SELECT, UPDATE ON tickets_wide TO "odd \'role" WITH GRANT OPTION');
  const grants = async (): Promise<unknown> =>
    (
      await client.query(
        `SELECT grantee, privilege_type, is_grantable FROM information_schema.table_privileges
         WHERE table_schema = current_schema() AND table_name = 'tickets_wide' AND grantee <> 'postgres' ORDER BY 1, 2`,
      )
    ).rows;
  const before = await grants();
  expect(before).toHaveLength(3);
  await destination.describeFields('acme', [field(2, 'Seats', 'integer')]);
  expect(await grants()).toEqual(before);
});

test('the view is left alone while nothing changes', async () => {
  await destination.write(page(1, [ticket(1, undefined, { custom_fields: [{ id: 1, value: 'x' }] })]));
  await destination.describeFields('acme', [field(1, 'Seats', 'integer')]);
  const before = await viewId();
  await destination.describeFields('acme', [field(1, 'Seats', 'integer')]);
  expect(await viewId()).toBe(before);
});

test('a view of that name that somebody else made is left alone', async () => {
  await client.query('CREATE VIEW tickets_wide AS SELECT 1 AS mine');
  const described = destination.describeFields('acme', [field(1, 'Plan')]);
  await expect(described).rejects.toThrow(DestinationRefused);
  expect((await client.query('SELECT * FROM tickets_wide')).rows).toEqual([{ mine: 1 }]);
});

test('views that stand on it are named as what is in the way, and nothing is changed', async () => {
  await destination.describeFields('acme', [field(1, 'Plan')]);
  await client.query('CREATE VIEW mine AS SELECT plan FROM tickets_wide');
  const described = destination.describeFields('acme', [field(2, 'Other')]);
  await expect(described).rejects.toThrow(/Views of your own stand on tickets_wide.*drop them, then resume/);
  const { rows } = await client.query('SELECT id::int FROM ticket_fields');
  expect(rows).toEqual([{ id: 1 }]);
});

test('accounts that are described at once do not get into each other’s way', async () => {
  const accounts = Array.from({ length: 6 }, (_, index) => `account-${index}`);
  await Promise.all(accounts.map(async (name) => destination.describeFields(name, [field(1, 'Plan')])));
  const { rows } = await client.query<{ column_name: string }>(
    'SELECT DISTINCT column_name FROM ticket_fields',
  );
  expect(rows).toHaveLength(6);
  await client.query(`SELECT ${rows.map((row) => row.column_name).join(', ')} FROM tickets_wide`);
});

test('tables of the release before are brought up to date', async () => {
  await client.query('DROP TABLE ticket_fields, ticket_field_options; DROP FUNCTION date_or_null');
  await client.query('UPDATE zendesk_export_version SET version = 1');
  await destination.prepare();
  expect(await destination.describeFields('acme', [field(1, 'Plan')])).toEqual([]);
});

/** PostgreSQL's limit of a view's columns, without those of `tickets`. */
const ROOM = 1600 - OWN_COLUMNS.length;

const fields = (from: number, count: number): CustomField[] =>
  Array.from({ length: count }, (_, index) => field(from + index, `Field ${from + index}`));

test('fields that the view has no room for are named, and the oldest of the others have a column', async () => {
  expect(await destination.describeFields('acme', fields(1000, ROOM - 10))).toEqual([]);
  const notes = await destination.describeFields('globex', [
    ...fields(5000, 12),
    field(4999, 'Gone', 'text', { active: false }),
    field(1, 'Oldest'),
  ]);
  expect(notes.map(({ id, kind }) => [id, kind])).toEqual([
    [5009, 'leftOut'],
    [5010, 'leftOut'],
    [5011, 'leftOut'],
  ]);
  expect(notes[0]?.reason).toContain(`room for ${ROOM} fields`);
  const count = async (sql: string): Promise<unknown> => (await client.query<{ n: unknown }>(sql)).rows[0]?.n;
  expect(await count('SELECT count(*)::int AS n FROM ticket_fields')).toBe(ROOM - 10 + 14);
  expect(
    await count("SELECT count(*)::int AS n FROM pg_attribute WHERE attrelid = 'tickets_wide'::regclass"),
  ).toBe(1600);
  await destination.write(page(1, [ticket(1, undefined, { custom_fields: [{ id: 1000, value: 'here' }] })]));
  expect((await client.query('SELECT field_1000, oldest FROM tickets_wide')).rows).toEqual([
    { field_1000: 'here', oldest: null },
  ]);
  // When there is room again, they have a place.
  await destination.describeFields('acme', fields(1000, 100));
  expect(await destination.describeFields('globex', fields(5000, 12))).toEqual([]);
});

test('no account loses columns to another, whose fields may be older', async () => {
  expect(await destination.describeFields('acme', fields(2000, ROOM - 5))).toEqual([]);
  const leftOut = async (subdomain: string, list: CustomField[]): Promise<number[]> =>
    (await destination.describeFields(subdomain, list)).map(({ id }) => id);
  expect(await leftOut('globex', fields(1, 8))).toEqual([6, 7, 8]);
  const columns = async (): Promise<unknown> =>
    (await client.query('SELECT * FROM tickets_wide')).fields.map(({ name }) => name);
  const before = await columns();
  // Nor by a new title, which only gives its column another name.
  expect(await leftOut('acme', fields(2000, ROOM - 5))).toEqual([]);
  expect(await columns()).toEqual(before);
  const [first, ...others] = fields(2000, ROOM - 5).reverse();
  expect(first).toBeDefined();
  expect(await leftOut('acme', [field(first?.id ?? 0, 'Renamed'), ...others])).toEqual([]);
  expect(await leftOut('globex', fields(1, 8))).toEqual([6, 7, 8]);
});
