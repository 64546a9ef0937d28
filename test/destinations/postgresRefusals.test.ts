import { Client, DatabaseError } from 'pg';
import { DestinationRefused } from '../../src/destinations/destination';
import { toDestinationError } from '../../src/destinations/postgres/failure';
import { PostgresDestination } from '../../src/destinations/postgres/postgres';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import { page, ticket } from './pages';

const PASSWORD = 'p@ss/wörd %?#';

let server: PostgresServer;
let admin: Client;

beforeAll(async () => {
  server = await startPostgres();
  admin = new Client(server.url());
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await server.stop();
});

const opened: PostgresDestination[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (destination) => destination.close()));
});

function open(url: string): PostgresDestination {
  const destination = new PostgresDestination(url);
  opened.push(destination);
  return destination;
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('did not fail');
  return error;
}

/** What an operator reads. It must never hold a password. */
async function refusal(url: string): Promise<string> {
  const error = await failureOf(open(url).prepare());
  expect(error).toBeInstanceOf(DestinationRefused);
  const { password } = new URL(url);
  for (const secret of [password, decodeURIComponent(password), url])
    expect(error.message).not.toContain(secret);
  return error.message;
}

/** A user who may do nothing but what a statement grants. */
async function user(name: string, ...grants: string[]): Promise<string> {
  await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD ${admin.escapeLiteral(PASSWORD)}`);
  for (const grant of grants) await admin.query(grant);
  return server.url({ user: name, password: PASSWORD });
}

test('a wrong password', async () => {
  const message = await refusal(server.url({ password: 'not the one' }));
  expect(message).toMatch(/^PostgreSQL 127.0.0.1:\d+\/postgres: password authentication failed/);
  expect(message).toMatch(/Check the user and password in EXPORT_DESTINATION, then resume\.$/);
});

test('no password', async () => {
  const url = new URL(server.url());
  url.password = '';
  const error = await failureOf(open(url.href).prepare());
  expect(error).toBeInstanceOf(DestinationRefused);
  expect(error.message).toContain('Check the password');
});

test('an unknown database', async () => {
  expect(await refusal(server.url({ database: 'nowhere' }))).toMatch(
    /\/nowhere: database "nowhere" does not exist\. Create the database/,
  );
});

test('a server without TLS where the URL asks for it', async () => {
  expect(await refusal(`${server.url()}?sslmode=verify-full`)).toMatch(/does not support SSL.*sslmode/);
});

test('a certificate file that is not there', async () => {
  expect(await refusal(`${server.url()}?sslmode=verify-full&sslrootcert=/nowhere/ca.pem`)).toMatch(
    /ca\.pem.*sslrootcert in EXPORT_DESTINATION, then resume\.$/,
  );
});

test('a user who may not create tables, until they are granted', async () => {
  const url = await user('writer');
  expect(await refusal(`${url}?schema=locked`)).toMatch(/permission denied for database .*Grant the user/);
  await open(`${server.url()}?schema=locked`).prepare();
  await admin.query(
    'GRANT USAGE ON SCHEMA locked TO writer; GRANT SELECT ON ALL TABLES IN SCHEMA locked TO writer',
  );
  expect(await refusal(`${url}?schema=locked`)).toMatch(/permission denied for table/);
  await admin.query('GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA locked TO writer');
  const destination = open(`${url}?schema=locked`);
  await destination.prepare();
  await destination.write(page(1, [ticket(1)]));
});

test('a server, database or user that may only read', async () => {
  await open(`${server.url()}?schema=still`).prepare();
  const url = await user(
    'reader',
    'GRANT ALL ON SCHEMA still TO reader; GRANT ALL ON ALL TABLES IN SCHEMA still TO reader',
    'ALTER ROLE reader SET default_transaction_read_only = on',
  );
  expect(await refusal(`${url}?schema=still`)).toMatch(/read-only transaction\. Name the primary server/);
  // As it is during a failover.
  expect(await failureOf(open(`${url}?schema=still`).write(page(1, [ticket(1)])))).toMatchObject({
    mayPass: true,
  });
});

test('a table of somebody else with one of our names', async () => {
  await admin.query('CREATE SCHEMA theirs; CREATE TABLE theirs.tickets (id int)');
  expect(await refusal(`${server.url()}?schema=theirs`)).toMatch(
    /there is a table tickets that the export did not make.*\?schema=/,
  );
});

test('tables with a column of another type', async () => {
  const url = `${server.url()}?schema=changed`;
  await open(url).prepare();
  await admin.query('ALTER TABLE changed.tickets ALTER created_at TYPE integer USING 0');
  expect(await refusal(url)).toMatch(
    /the column tickets\.created_at has the type integer, and the export needs timestamp with time zone\. Change its type/,
  );
});

test("a generated column of the user's own is no reason to refuse", async () => {
  const url = `${server.url()}?schema=generated`;
  await open(url).prepare();
  await admin.query(
    'ALTER TABLE generated.tickets ADD COLUMN size int GENERATED ALWAYS AS (length(subject)) STORED',
  );
  const destination = open(url);
  await destination.prepare();
  await destination.write(page(1, [ticket(1, 1_700_000_000, { subject: 'four' })]));
  expect((await admin.query('SELECT size FROM generated.tickets')).rows).toEqual([{ size: 4 }]);
});

test('a constraint that refuses a page, without quoting the ticket', async () => {
  const url = `${server.url()}?schema=strict`;
  await open(url).prepare();
  await admin.query("ALTER TABLE strict.tickets ADD CONSTRAINT no_secrets CHECK (subject <> 'Secret')");
  const error = await failureOf(open(url).write(page(1, [ticket(1, 1_700_000_000, { subject: 'Secret' })])));
  expect(error).toBeInstanceOf(DestinationRefused);
  expect(error.message).toMatch(/SQLSTATE 23514 at no_secrets\. A constraint/);
  expect(error.message).not.toContain('Secret');
});

test('tables of a newer release', async () => {
  const url = `${server.url()}?schema=newer`;
  await open(url).prepare();
  await admin.query('UPDATE newer.zendesk_export_version SET version = 99');
  expect(await refusal(url)).toMatch(/version 99, made by a newer release.*Upgrade the worker/);
});

test('workers that prepare a new schema at the same time all succeed', async () => {
  const url = `${server.url()}?schema=together`;
  await Promise.all(Array.from({ length: 6 }, async () => open(url).prepare()));
  expect((await admin.query('SELECT version FROM together.zendesk_export_version')).rows).toHaveLength(1);
});

test('what may pass is not refused', async () => {
  const gone = new URL(server.url());
  gone.port = '1';
  expect(await failureOf(open(gone.href).prepare())).not.toBeInstanceOf(DestinationRefused);
  for (const code of [
    '08006',
    '40001',
    '40P01',
    '53200',
    '53300',
    '55P03',
    '57014',
    '57P01',
    '57P03',
    'XX000',
  ]) {
    const failure = Object.assign(new DatabaseError('no luck', 7, 'error'), { code });
    expect(toDestinationError(failure, 'PostgreSQL db/x')).not.toBeInstanceOf(DestinationRefused);
    expect(toDestinationError(failure, 'PostgreSQL db/x').message).toBe(`PostgreSQL db/x: no luck (${code})`);
  }
});

test('a full disk is refused', () => {
  const failure = Object.assign(new DatabaseError('could not extend file', 7, 'error'), { code: '53100' });
  expect(toDestinationError(failure, 'PostgreSQL db/x')).toEqual(
    new DestinationRefused(
      'PostgreSQL db/x: could not extend file. Free some space on the server, then resume.',
    ),
  );
});
