import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { WorkflowHandle } from '@temporalio/client';
import { escapeIdentifier, Client as Database } from 'pg';
import type { Status } from '../../src/contract/status';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import { ACCESS_KEY, BUCKET, SECRET_KEY, startS3, type S3Server } from '../../src/development/s3';
import { queryFiles } from '../destinations/files/lake';
import { closeServers, serve } from '../zendesk/oddServer';
import { SECRET, setStage, untilStatus, type Stage, type WorkerProcess } from './stage';

/** What is private, each where it is. An error quotes the last. */
const PLACES = [
  ...(['subject', 'description', 'address', 'field', 'comment', 'html', 'earlier', 'name', 'email'] as const),
  ...(['identity', 'beside', 'unstorable', 'rejected', 'text', 'deep'] as const),
];
const QUOTED = 'planted-quoted';
const planted = (place: (typeof PLACES)[number]): string => `planted-${place}@example.com`;

const KEY = 'a key of the tests, long enough';
const RULES = {
  key: KEY,
  rules: {
    tickets: {
      drop: ['subject', 'description', 'custom_fields.1'],
      hash: ['via.source.from.address', 'satisfaction_rating'],
    },
    ticket_events: { drop: ['child_events.body'], hash: [] },
    users: { drop: ['name'], hash: ['email'] },
    user_identities: { hash: ['value'] },
  },
};

const SECOND = 1_700_000_000;
const TIME = '2023-11-14T22:13:20Z';

function ticket(id: unknown, subject: string, more: object = {}): string {
  const fields = [
    { id: 1, value: planted('field') },
    { id: 2, value: 'kept' },
  ];
  return JSON.stringify({
    ...{ id, generated_timestamp: SECOND, updated_at: TIME, subject, raw_subject: subject },
    ...{ description: planted('description'), custom_fields: fields, fields },
    ...{ via: { source: { from: { address: planted('address') } } }, ...more },
  });
}

/** An ordinary one, one with characters that stores cannot hold, one without an id, and one that is a text. */
const TICKETS = [
  ticket(1, planted('subject'), { satisfaction_rating: { comment: [[planted('deep')]] } }),
  ticket(2, planted('unstorable'), { type: '\0 \ud800' }),
  ticket('none', planted('rejected')),
  JSON.stringify(planted('text')),
];
const EVENTS = [
  { id: 1, type: 'Comment', body: planted('comment'), html_body: `<p>${planted('html')}</p>` },
  { id: 2, event_type: 'Change', subject: 'kept', previous_value: planted('earlier') },
];
const END = { end_time: SECOND, after_cursor: null, end_of_stream: true };
const PAGES: Readonly<Record<string, string>> = {
  tickets: `{"tickets":[${TICKETS.join(',')}],"users":${JSON.stringify([{ id: 6, name: planted('beside'), updated_at: TIME }])},${JSON.stringify(END).slice(1)}`,
  ticket_events: JSON.stringify({
    ticket_events: [{ id: 1, ticket_id: 1, timestamp: SECOND, child_events: EVENTS }],
    ...END,
  }),
  users: JSON.stringify({
    users: [{ id: 5, name: planted('name'), email: planted('email'), updated_at: TIME }],
    identities: [{ id: 7, user_id: 5, type: 'email', value: planted('identity'), updated_at: TIME }],
    ...END,
  }),
};

/** A Zendesk that first refuses each stream, and quotes a record: cut off for all, in a sentence where there are rules. */
function zendesk(hasRules: boolean): (response: ServerResponse, request: IncomingMessage) => void {
  const refused = new Set<string>();
  const errors: Readonly<Record<string, readonly [status: number, body: string]>> = {
    tickets: [500, `{"tickets":[{"id":1,"subject":"${QUOTED}`],
    ticket_events: hasRules
      ? [422, `{"error":"RecordInvalid","description":"Subject ${QUOTED} is too long"}`]
      : [422, `{"error":"RecordInvalid","details":{"subject":[{"description":"${QUOTED} is too long"}]}}`],
    users: [500, hasRules ? `<title>${QUOTED}</title>` : `{"id":5,"description":"${QUOTED}"}`],
  };
  return (response, { url = '' }) => {
    const [, stream = ''] = /\/incremental\/(\w+)/.exec(url) ?? [];
    const [status, body] = errors[stream] ?? [404, ''];
    if (url.includes('/users/me')) response.end('{"user":{"id":1,"name":"admin","role":"admin"}}');
    else if (refused.has(stream)) response.end(PAGES[stream]);
    else response.writeHead(status).end(body);
    refused.add(stream);
  };
}

const STORES = ['postgres', 'ndjson', 'parquet'] as const;
type StoreName = (typeof STORES)[number];

let stage: Stage;
let worker: WorkerProcess;
let config: Record<string, string>;
let s3: S3Server;
let postgres: PostgresServer;

/** Six exports at once: into each store, with rules and without. */
beforeAll(async () => {
  [stage, s3, postgres] = await Promise.all([setStage({ tickets: 0 }), startS3(), startPostgres()]);
  const destinations: Record<string, string> = {};
  const accounts: object[] = [];
  for (const name of [...STORES, ...STORES.map((store) => `ruled-${store}` as const)]) {
    const rules = name.startsWith('ruled') ? { privacy: RULES } : {};
    const { url: baseUrl } = await serve(zendesk('privacy' in rules));
    const format = name.endsWith('parquet') ? 'parquet' : 'ndjson';
    destinations[name] = name.endsWith('postgres')
      ? `${postgres.url()}?schema=${name}`
      : `s3://${BUCKET}/${name}?format=${format}&${s3.query}`;
    accounts.push({ subdomain: name, baseUrl, oauthToken: SECRET, destination: name, ...rules });
  }
  const file = join(dirname(stage.database), 'export.json');
  writeFileSync(file, JSON.stringify({ destinations, accounts }));
  config = { EXPORT_CONFIG: file, AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: SECRET_KEY };
  worker = stage.startWorker({
    ...{ ...config, EXPORT_LOG_LEVEL: 'DEBUG' },
    ...{ EXPORT_DESTINATION: '', ZENDESK_SUBDOMAIN: '', ZENDESK_BASE_URL: '', ZENDESK_OAUTH_TOKEN: '' },
  });
  await Promise.all(Object.keys(destinations).map(exportAccount));
});
afterAll(async () => {
  await closeServers();
  await stage.close();
  await s3.remove();
  await postgres.stop();
});

const workflowIdOf = (subdomain: string): string => `${stage.workflowId}-${subdomain}`;

async function exportAccount(subdomain: string): Promise<void> {
  const streams = ['tickets', 'ticket_events', 'users'];
  const handle: WorkflowHandle = await stage.client.workflow.start('exportAccount', {
    taskQueue: stage.taskQueue,
    workflowId: workflowIdOf(subdomain),
    args: [{ subdomain, startTime: 0, streams, include: ['users'], requestsPerMinute: 100_000 }],
  });
  await untilStatus(handle, 'the refusal', (status) => status.streams['ticket_events']?.state === 'blocked');
  await handle.signal('resume');
  const status = (await handle.result()) as Status;
  expect(status).toMatchObject({ state: 'completed', quarantined: 2 });
}

/** All that a store holds of an account, as text. */
async function dump(name: string, store: StoreName): Promise<string> {
  return store === 'postgres' ? dumpSchema(name) : dumpObjects(join(s3.folder, name));
}

async function dumpSchema(schema: string): Promise<string> {
  const client = new Database({ connectionString: postgres.url() });
  await client.connect();
  const tables = await client.query<{ name: string }>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1',
    [schema],
  );
  let all = '';
  for (const { name } of tables.rows) {
    const from = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
    const { rows } = await client.query<{ text: string }>(`SELECT each::text FROM ${from} AS each`);
    all += rows.map((row) => JSON.stringify(row)).join('\n');
  }
  await client.end();
  return all;
}

async function dumpObjects(folder: string): Promise<string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const texts = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    const bytes = readFileSync(path);
    if (!name.endsWith('.parquet')) return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    const rows = await queryFiles([], `SELECT to_json(each)::VARCHAR FROM read_parquet('${path}') AS each`);
    return `${bytes.toString('latin1')}\n${rows.join('\n')}`;
  });
  return (await Promise.all(texts)).join('\n');
}

/** All that Temporal keeps of an export, payloads decoded. */
async function keptByTemporal(subdomain: string): Promise<string> {
  const id = workflowIdOf(subdomain);
  const shown = await Promise.all([
    stage.cli('workflow', 'show', '--workflow-id', id, '--output', 'json'),
    stage.cli('workflow', 'describe', '--workflow-id', id, '--output', 'json'),
    stage.cli('workflow', 'list', '--query', `WorkflowId = '${id}'`, '--output', 'json'),
  ]);
  return shown
    .join('\n')
    .replaceAll(/"data": *"([^"]*)"/g, (_, data: string) => Buffer.from(data, 'base64').toString());
}

const ANY = /planted-\w+/;

test.each(STORES)('without rules, %s holds all that is private', async (store) => {
  const all = await dump(store, store);
  for (const place of PLACES)
    expect({ place, isThere: all.includes(planted(place)) }).toEqual({ place, isThere: true });
});

test.each(STORES)('with rules, %s holds none of it, quarantine included, and all the rest', async (store) => {
  const all = await dump(`ruled-${store}`, store);
  expect(ANY.exec(all)).toBeNull();
  const hash = createHmac('sha256', KEY).update(planted('identity')).digest('hex');
  for (const kept of [hash, 'kept', 'none', 'stored without']) expect(all).toContain(kept);
});

test.each([...STORES, ...STORES.map((store) => `ruled-${store}`)])(
  'Temporal keeps none of it, with rules or without: %s',
  async (subdomain) => {
    const kept = await keptByTemporal(subdomain);
    expect(kept).toContain('RecordInvalid');
    expect(kept).toContain('"completed"');
    expect(ANY.exec(kept)).toBeNull();
  },
);

test('the log of the worker holds none of it at any level', () => {
  const log = worker.output();
  for (const said of ['page exported', 'attempt failed', 'RecordInvalid', '"level":"DEBUG"'])
    expect(log).toContain(said);
  expect(ANY.exec(log)).toBeNull();
});

/** The account is the one of this store; the command looks through all. */
test.each(STORES)('a person is erased from %s, and then a ticket', async (store) => {
  const { PATH, HOME } = process.env;
  const erase = async (...what: string[]): Promise<string> => {
    const command = ['lib/src/commands/erase.js', '--account', store, ...what];
    return (await promisify(execFile)(process.execPath, command, { env: { PATH, HOME, ...config } })).stdout;
  };
  const isThere = async (place: (typeof PLACES)[number]): Promise<boolean> =>
    (await dump(store, store)).includes(planted(place));
  expect(await erase('--user', '5')).toMatch(new RegExp(`^${store}: .*users.*: 1 removed, 0 blanked$`, 'm'));
  for (const place of ['name', 'email', 'identity'] as const) expect(await isThere(place)).toBe(false);
  expect(await isThere('beside')).toBe(true);
  expect(await isThere('subject')).toBe(true);
  expect(await erase('--ticket', '1')).toContain(': 1 removed, 0 blanked');
  for (const place of ['subject', 'comment', 'deep'] as const) expect(await isThere(place)).toBe(false);
  expect(await isThere('unstorable')).toBe(true);
  expect(await erase('--ticket', '1')).not.toContain('removed');
});
