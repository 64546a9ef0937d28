import { Client } from 'pg';
import { tickets } from '../../src/streams/tickets';
import { DestinationRefused } from '../../src/destinations/destination';
import { PostgresDestination } from '../../src/destinations/postgres/postgres';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import { NOON, page, read, recordOf, ticket } from './pages';

let server: PostgresServer;
let onlooker: Client;
let one: PostgresDestination;
let other: PostgresDestination;

beforeAll(async () => {
  server = await startPostgres();
  onlooker = new Client(server.url());
  await onlooker.connect();
});
afterAll(async () => {
  await onlooker.end();
  await server.stop();
});

/** Two workers on one database. */
beforeEach(async () => {
  await onlooker.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  one = new PostgresDestination(server.url());
  other = new PostgresDestination(server.url());
  await one.prepare();
});
afterEach(async () => {
  await one.close();
  await other.close();
});

const rows = async (sql: string): Promise<unknown[]> => (await onlooker.query<object>(sql)).rows;

const WAITING = 'SELECT pid FROM pg_locks WHERE NOT granted';

/** Until so many pages wait for a lock. */
async function untilWaiting(pages: number): Promise<void> {
  while ((await rows(WAITING)).length < pages) await new Promise(setImmediate);
}

const versions = 'SELECT id::int, generated_timestamp::int - 1700000000 AS age FROM tickets ORDER BY id';

test('has the columns that every destination has', async () => {
  const found = await onlooker.query<{ column_name: string }>(
    "SELECT column_name FROM information_schema.columns WHERE table_name = 'tickets' ORDER BY ordinal_position",
  );
  expect(found.rows.map((row) => row.column_name)).toEqual([
    'subdomain',
    'id',
    'generated_timestamp',
    'deleted',
    ...Object.keys(tickets.columns),
    'ticket',
  ]);
});

test('touches no row when a page is written again', async () => {
  const sideloads = new Map([['users' as const, [recordOf('users', 1)]]]);
  await one.write(page(1, [ticket(1), ticket(2)], { sideloads }));
  const written = 'SELECT xmin FROM tickets UNION ALL SELECT xmin FROM users';
  const before = await rows(written);
  await other.write(page(1, [ticket(1), ticket(2)], { sideloads }));
  expect(await rows(written)).toEqual(before);
});

test('fills a new column where records have its key, and touches no other row', async () => {
  await one.write(page(1, [ticket(1, NOON, { priority: 'low' }), ticket(2)]));
  const written = async (): Promise<unknown[]> => rows('SELECT id::int, xmin::text FROM tickets ORDER BY id');
  const before = await written();
  await onlooker.query('ALTER TABLE tickets DROP COLUMN priority');
  await one.prepare();
  const after = await written();
  expect(after[1]).toEqual(before[1]);
  expect(after[0]).not.toEqual(before[0]);
  expect(await rows('SELECT id::int, priority FROM tickets ORDER BY id')).toEqual([
    { id: 1, priority: 'low' },
    { id: 2, priority: null },
  ]);
});

test.each(['old first', 'new first'])(
  'ends with the newer version when two workers write at once: %s',
  async (order) => {
    await one.write(page(1, [ticket(1), ticket(2)]));
    await onlooker.query('BEGIN; SELECT FROM tickets WHERE id = 1 FOR UPDATE');
    const older = page(1, [ticket(2, NOON + 1), ticket(1, NOON + 1)]);
    const newer = page(2, [ticket(1, NOON + 2), ticket(2, NOON + 2)]);
    const first = one.write(order === 'old first' ? older : newer);
    await untilWaiting(1);
    const second = other.write(order === 'old first' ? newer : older);
    await untilWaiting(2);
    await onlooker.query('COMMIT');
    await Promise.all([first, second]);
    expect(await rows(versions)).toEqual([
      { id: 1, age: 2 },
      { id: 2, age: 2 },
    ]);
  },
);

test('a connection killed in the middle of a page is a failure that passes, and leaves nothing behind', async () => {
  await one.write(page(1, [ticket(1)]));
  await onlooker.query('BEGIN; SELECT FROM tickets WHERE id = 1 FOR UPDATE');
  const killed = one.write(page(2, [ticket(1, NOON + 1), ticket(2)])).catch((error: unknown) => error);
  await untilWaiting(1);
  await onlooker.query(`SELECT pg_terminate_backend(pid) FROM (${WAITING}) AS waiting`);
  await onlooker.query('COMMIT');
  const error = await killed;
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(DestinationRefused);
  expect(await rows(versions)).toEqual([{ id: 1, age: 0 }]);
  expect(await one.checkpoint('acme', page(2, []).key)).toBeUndefined();
  await one.write(page(2, [ticket(1, NOON + 1), ticket(2)]));
  expect(await rows(versions)).toEqual([
    { id: 1, age: 1 },
    { id: 2, age: 0 },
  ]);
});

test('connections killed between two pages cost one attempt at most', async () => {
  await one.write(page(1, [ticket(1)]));
  await onlooker.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'zendesk-ticket-export'",
  );
  await one.write(page(2, [ticket(2)])).catch(async () => one.write(page(2, [ticket(2)])));
  expect(await rows(versions)).toHaveLength(2);
});

test('a deadlock with somebody else is a failure that passes', async () => {
  await one.write(page(1, [ticket(1), ticket(2)]));
  await onlooker.query("SET deadlock_timeout = '1h'; BEGIN; SELECT FROM tickets WHERE id = 2 FOR UPDATE");
  const page2 = one
    .write(page(2, [ticket(1, NOON + 1), ticket(2, NOON + 1)]))
    .catch((error: unknown) => error);
  await untilWaiting(1);
  await onlooker.query('SELECT FROM tickets WHERE id = 1 FOR UPDATE');
  await onlooker.query('COMMIT');
  const error = await page2;
  expect(String(error)).toContain('40P01');
  expect(error).not.toBeInstanceOf(DestinationRefused);
});

test('stores a ticket without its U+0000, says so, and touches nothing else in it', async () => {
  const json = String.raw`{"id":1,"generated_timestamp":1700000000,"subject":"\u0000a\u0000\u0000\\u0000\\\u0000b"}`;
  expect(await one.write(page(1, [read(json)]))).toEqual({ unstorable: 0, swept: 0 });
  expect(await rows("SELECT ticket->>'subject' AS ticket, subject FROM tickets")).toEqual([
    { ticket: '\ufffda\ufffd\ufffd\\u0000\\\ufffdb', subject: '\ufffda\ufffd\ufffd\\u0000\\\ufffdb' },
  ]);
  expect(await rows('SELECT reason, record FROM quarantine')).toEqual([
    { reason: 'stored without U+0000', record: json },
  ]);
  expect(await rows('SELECT tickets, quarantined FROM export_pages')).toEqual([
    { tickets: 1, quarantined: 0 },
  ]);
});

test('shows its name, and has no connection left when it is closed', async () => {
  const connections = "SELECT FROM pg_stat_activity WHERE application_name = 'zendesk-ticket-export'";
  await Promise.all([1, 2, 3, 4, 5, 6].map(async (number) => one.write(page(number, [ticket(number)]))));
  const open = (await rows(connections)).length;
  expect(open).toBeGreaterThan(0);
  expect(open).toBeLessThanOrEqual(4);
  await one.close();
  while ((await rows(connections)).length > 0) await new Promise(setImmediate);
});
