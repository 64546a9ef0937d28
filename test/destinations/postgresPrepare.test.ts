import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { Client } from 'pg';
import { Accounts } from '../../src/account/accounts';
import type { ConfiguredAccount } from '../../src/account/config';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import { ZendeskClient } from '../../src/zendesk/client';
import { eventually } from '../support/eventually';

/** What each preparation asks the server once. */
const ONCE = 'SHOW server_version';
/** What it waits for when another worker is at it (`src/destinations/postgres/schema.ts`). */
const LOCK = 'SELECT pg_advisory_lock(7391846250)';
const UNLOCK = 'SELECT pg_advisory_unlock_all()';

const names = Array.from({ length: 30 }, (_, index) => `account-${index}`);

let server: PostgresServer;
let other: Client;
let proxy: Server;
/** What has been sent to the server, by connection. */
let sent: Buffer[][];
let accounts: Accounts;
let schemas = 0;

beforeAll(async () => {
  server = await startPostgres();
  other = new Client(server.url());
  await other.connect();
  const { port } = new URL(server.url());
  proxy = createServer((incoming) => {
    const parts: Buffer[] = [];
    sent.push(parts);
    const outgoing = connect(Number(port), '127.0.0.1');
    incoming.on('data', (chunk: Buffer) => parts.push(chunk));
    incoming.pipe(outgoing).pipe(incoming);
    for (const socket of [incoming, outgoing]) socket.on('error', () => incoming.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await other.end();
  await server.stop();
  proxy.close();
});

/** Thirty accounts of one worker that go into one schema. */
beforeEach(() => {
  sent = [];
  schemas += 1;
  const url = new URL(`${server.url()}?schema=shared_${schemas}`);
  url.port = String((proxy.address() as AddressInfo).port);
  const configured = names.map((subdomain): ConfiguredAccount => ({
    account: { subdomain, baseUrl: 'http://127.0.0.1:1', credentials: { kind: 'oauthToken', token: 'x' } },
    destination: { name: 'all', url: url.href },
    notices: undefined,
  }));
  const silent = { info: () => undefined, error: () => undefined };
  accounts = new Accounts(
    () => configured,
    silent,
    (account) => new ZendeskClient(account),
  );
});
afterEach(async () => accounts.close());

const prepare = async (name: string): Promise<unknown> =>
  accounts.of(name).destination.use(async (destination) => destination.prepare());

const preparations = (): number =>
  sent.reduce((sum, parts) => sum + Buffer.concat(parts).toString('latin1').split(ONCE).length - 1, 0);

/** The session that waits for the lock. */
async function waiting(): Promise<number> {
  return eventually(async () => {
    const { rows } = await other.query<{ pid: number }>(
      `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`,
    );
    return rows[0]?.pid;
  }, 'a preparation to be under way');
}

test('accounts that begin at once prepare their schema once', async () => {
  await Promise.all(names.map(prepare));
  expect(preparations()).toBe(1);
});

test('those that come during a preparation share the next one', async () => {
  await other.query(LOCK);
  const first = prepare('account-0');
  await waiting();
  const others = names.map(prepare);
  await other.query(UNLOCK);
  await Promise.all([first, ...others]);
  expect(preparations()).toBe(2);
});

test('a preparation that fails fails for those alone that share it', async () => {
  await other.query(LOCK);
  const first = prepare('account-0');
  const failed = expect(first).rejects.toThrow('terminating connection');
  const session = await waiting();
  const others = names.map(prepare);
  await other.query('SELECT pg_terminate_backend($1)', [session]);
  await failed;
  await other.query(UNLOCK);
  expect(await Promise.all(others)).toEqual(names.map(() => []));
  // The first one failed before it asked.
  expect(preparations()).toBe(1);
});
