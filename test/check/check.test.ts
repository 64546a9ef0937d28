import { STREAM_NAMES } from '../../src/streams';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkAccount } from '../../src/check/account';
import { checkDestination } from '../../src/check/destination';
import { lineOf, type Fact } from '../../src/check/fact';
import { checkNotices } from '../../src/check/notices';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator';
import type { Credentials } from '../../src/zendesk/account';
import { startReceiver } from '../notices/receiver';
import { closeServers, serve, serveAlways } from '../zendesk/oddServer';

let simulator: Simulator | undefined;

afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
  await closeServers();
});

const TOKEN: Credentials = { kind: 'oauthToken', token: 'hunter2' };
const NOW = Math.floor(Date.now() / 1000);

async function simulate(options: SimulatorOptions): Promise<string> {
  simulator = await startSimulator({ tickets: 20, tokens: { bearer: 'hunter2' }, ...options });
  return simulator.url;
}

/** What a check of the account says, line by line. */
async function linesOf(baseUrl: string, credentials = TOKEN, now = NOW): Promise<string[]> {
  const facts = await checkAccount({ subdomain: 'acme', baseUrl, credentials }, now);
  const lines = facts.map(lineOf);
  expect(lines.join('')).not.toMatch(/hunter2/);
  expect(lines.every((line) => line.endsWith('\n') && !line.slice(0, -1).includes('\n'))).toBe(true);
  return lines.map((line) => line.trimEnd());
}

const failed = (facts: readonly string[]): string[] => facts.filter((line) => line.startsWith('fail'));

test('an account that may export: user, role, scopes, the end of the token, and the quota for one request', async () => {
  const client = { clientId: 'exporter', clientSecret: 'hunter2' };
  const url = await simulate({ tokens: client, quota: { perMinute: 10 } });
  expect(await linesOf(url, { kind: 'oauthClient', ...client })).toEqual([
    `ok    acme: account at ${url}`,
    'ok    acme: OAuth client exporter, whose tokens are renewed by the worker',
    'ok    acme: user Demo Admin, role admin',
    expect.stringMatching(/^ok {4}acme: scopes: read; this token ends \d{4}-.*Z$/),
    'ok    acme: may export; 9 of 10 requests are left for 60 s',
    `ok    acme: may also read ${STREAM_NAMES.slice(1).join(', ')}`,
  ]);
  expect(simulator?.requests.filter(({ path }) => path.includes('/incremental/'))).toHaveLength(5);
});

test('a wrong token, for which Zendesk answers 200 and nobody', async () => {
  const lines = await linesOf(await simulate({ tokens: { bearer: 'another' } }));
  expect(failed(lines)).toEqual([expect.stringMatching(/the credentials are not known .*Check them\.$/)]);
  expect(simulator?.requests.some(({ path }) => path.includes('/incremental/'))).toBe(false);
});

test('an OAuth client with a wrong secret', async () => {
  const url = await simulate({ tokens: { clientId: 'exporter', clientSecret: 'right' } });
  const lines = await linesOf(url, { kind: 'oauthClient', clientId: 'exporter', clientSecret: 'hunter2' });
  expect(failed(lines)).toEqual([expect.stringMatching(/issued no token for the OAuth client \(status 401/)]);
});

test('an agent', async () => {
  expect(failed(await linesOf(await simulate({ role: 'agent' })))).toEqual([
    expect.stringMatching(/role agent; only admins may use the incremental export\. .*credentials\.$/),
  ]);
});

test('a missing scope: Zendesk tells no user, but what the token lacks', async () => {
  const url = await simulate({ tokens: { bearer: 'hunter2', scopes: ['hc:write'] } });
  const lines = await linesOf(url);
  expect(lines).toContain('ok    acme: scopes: hc:write; Zendesk does not say when the token ends');
  expect(failed(lines)).toEqual([expect.stringContaining('Missing the following required scopes: read')]);
});

test('a subdomain that is none', async () => {
  const { url } = await serveAlways(404, '{"error":{"title":"No help desk at acme.zendesk.com"}}');
  expect(failed(await linesOf(url))).toEqual([
    expect.stringMatching(
      /No help desk at acme\.zendesk\.com .*Check the subdomain, and that the plan includes this\.$/,
    ),
  ]);
});

test('a host that is out of reach', async () => {
  expect(failed(await linesOf('http://127.0.0.1:1'))).toEqual([
    expect.stringMatching(/No connection to 127\.0\.0\.1:1 \(ECONNREFUSED\).*Check ZENDESK_BASE_URL/),
  ]);
});

test('a token that may read tickets and nothing else is enough', async () => {
  const { url } = await serve((response, request) => {
    if (request.url?.includes('/incremental/tickets') === true) {
      response.end('{"tickets":[],"count":0,"end_time":null,"end_of_stream":true,"next_page":null}');
    } else response.writeHead(403).end('Missing the following required scopes: users:read');
  });
  expect((await linesOf(url)).slice(2)).toEqual([
    'ok    acme: Zendesk does not name the user; an export does not need it',
    'ok    acme: may export; Zendesk does not show the quota',
    expect.stringMatching(
      /^warn {2}acme: users, organizations, .*, suspended_tickets cannot be read: .*users:read \(status 403\)/,
    ),
  ]);
});

test('a quota that others have used up keeps no export from running', async () => {
  const url = await simulate({ quota: { perMinute: 0 } });
  const lines = await linesOf(url);
  expect(lines[4]).toMatch(/^warn {2}acme: the export quota is used up.*next attempt in 60 s$/);
  expect(lines.at(-1)).toMatch(
    /^warn {2}acme: organizations, ticket_events, ticket_metric_events cannot be read: Zendesk asked to wait/,
  );
  expect(failed(lines)).toEqual([]);
});

test('a legacy API token, until it ends and after', async () => {
  const url = await simulate({ tokens: { email: 'ada@acme.com', apiToken: 'hunter2' } });
  const legacy = { kind: 'apiToken', email: 'ada@acme.com', token: 'hunter2' } as const;
  const at = async (time: string): Promise<string[]> => linesOf(url, legacy, Date.parse(time) / 1000);
  expect((await at('2027-04-28T12:00:00Z'))[1]).toMatch(/^warn {2}acme: ada@acme.com, legacy .* in 2 days;/);
  expect(failed(await at('2027-04-30T00:00:00Z'))[0]).toContain('Zendesk ended all of them on 2027-04-30');
});

describe('a destination', () => {
  let folder: string;
  let silent: Server | undefined;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'check-'))));
  afterEach(() => {
    silent?.close();
    rmSync(folder, { recursive: true });
  });

  const check = async (url: string): Promise<Fact> => {
    const [fact, ...others] = await checkDestination({ name: 'lake', url });
    expect(others).toEqual([]);
    return fact;
  };

  test('takes pages', async () => {
    expect(await check(`duckdb:${folder}/tickets.duckdb`)).toEqual({
      kind: 'ok',
      about: 'destination lake',
      text: 'takes pages',
    });
  });

  test('says which views it has for whom, and why it has none for another one', async () => {
    const url = `duckdb:${folder}/tickets.duckdb?views=zendesk`;
    expect((await checkDestination({ name: 'lake', url }, ['acme', 'other'])).map(lineOf)).toEqual([
      'ok    destination lake: takes pages\n',
      'ok    destination lake: has the views of acme in the schema zendesk\n',
      expect.stringMatching(
        /^warn {2}destination lake: .* those of the account acme.*zendesk_\{subdomain\}\.\n$/,
      ),
    ]);
  });

  test('is in use, as it is while a worker writes', async () => {
    const file = join(folder, 'tickets.duckdb');
    await check(`duckdb:${file}`);
    const script = `require('@duckdb/node-api').DuckDBInstance.create(${JSON.stringify(file)}).then(() => {
      console.log('open'); setInterval(() => undefined, 1000); })`;
    const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    expect(await check(`duckdb:${file}`)).toMatchObject({ kind: 'warn' });
    holder.kill();
  });

  test('refuses', async () => {
    writeFileSync(join(folder, 'file'), '');
    const fact = await check(`file:${folder}/file/lake`);
    expect(fact.kind).toBe('fail');
    expect(fact.text).not.toContain('out of reach');
  });

  test('is out of reach', async () => {
    silent = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => silent?.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const fact = await check(`postgres://me:hunter2@127.0.0.1:${port}/db`);
    expect(fact).toMatchObject({ kind: 'fail', text: expect.stringMatching(/^out of reach: /) as unknown });
    expect(lineOf(fact)).not.toContain('hunter2');
  });
});

test('notices: where they go, by the host alone; one is sent only if it is asked for', async () => {
  const receiver = await startReceiver(200, 410);
  try {
    const target = { url: receiver.url, secret: null };
    const unsent = await checkNotices(target, 'acme', false, 0);
    expect(unsent.text).toMatch(
      /^notices go to 127\.0\.0\.1:\d+, unsigned; npm run check -- --notify sends one$/,
    );
    expect(receiver.received).toHaveLength(0);
    expect(await checkNotices(target, 'acme', true, 0)).toMatchObject({ kind: 'ok' });
    expect(receiver.received[0]?.body).toContain('"text":"Notices about acme arrive here. ');
    expect(await checkNotices(target, 'acme', true, 0)).toMatchObject({
      kind: 'warn',
      text: expect.stringMatching(/answered 410\.$/) as unknown,
    });
  } finally {
    await receiver.close();
  }
});
