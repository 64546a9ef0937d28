import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { WorkflowHandle } from '@temporalio/client';
import { Client as Database } from 'pg';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import { queryDuckDb } from '../destinations/queryDuckDb';
import { closeServers, serve } from '../zendesk/oddServer';
import {
  eventually,
  SECRET,
  setStage,
  statusOf,
  workerProcess,
  type Stage,
  type WorkerProcess,
} from './stage';

/** In every hostile answer: no error, log or history may hold it. */
const PLANTED = 'planted-word';
const SECOND = 1_700_000_000;
/** What steers a terminal, in both of its forms, what a page would run, and what SQL would. */
const STEERING = String.raw`\u001b[2J\u009b2J<script>alert(1)</script>'); DROP TABLE tickets; --`;
const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const START = `{"tickets":[{"id":1,"generated_timestamp":${SECOND},"subject":"${PLANTED}`;
const END = `],"end_time":${SECOND},"end_of_stream":true}`;

type Attack = (response: ServerResponse) => void;

const answer =
  (status: number, body: string, headers: Record<string, string> = {}): Attack =>
  (response) =>
    response.writeHead(status, headers).end(body);

/** A body of 48 MiB in a few hundred kilobytes, packed when it is asked for first. */
function packed(status: number, start: string, unit: string, end: string): Attack {
  let body: Buffer | undefined;
  return (response) => {
    body ??= gzipSync(start + unit.repeat((48 * 2 ** 20) / unit.length) + end, { level: 1 });
    response.writeHead(status, { 'content-encoding': 'gzip' }).end(body);
  };
}

/** 16 GiB in 16 MB. */
function bomb(status: number): Attack {
  let members: Buffer | undefined;
  return (response) => {
    members ??= gzipSync(Buffer.alloc(64 * 2 ** 20));
    response.writeHead(status, { 'content-encoding': 'gzip' });
    response.end(Buffer.concat(Array.from({ length: 256 }, () => members ?? Buffer.alloc(0))));
  };
}

function withoutEnd(response: ServerResponse): void {
  const chunk = Buffer.alloc(2 ** 20, 'x');
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  response.write(START);
  more();
}

function hugeHeaders({ socket }: ServerResponse): void {
  socket?.write('HTTP/1.1 200 OK\r\n');
  for (let n = 0; n < 100; n += 1) socket?.write(`x-${n}: ${PLANTED}${'x'.repeat(1000)}\r\n`);
  socket?.end(`\r\n{"tickets":[${END}`);
}

/** What is to be said of each; where nothing is, the export completes. */
const ATTACKS: Record<string, readonly [attack: Attack, says: string]> = {
  bomb: [bomb(200), 'an answer of more than 128 MiB'],
  'bomb-refusal': [bomb(500), 'an answer of more than 1 MiB (status 500)'],
  endless: [withoutEnd, 'sent more than 128 MiB in one answer'],
  headers: [hugeHeaders, 'sent more than 64 KiB of headers'],
  'list-refusal': [packed(422, '[', '[],', '[]]'), 'an answer of more than 1 MiB (status 422)'],
  'list-head': [packed(200, '{"tickets":[],"next_page":[', '[],', `[]${END}`), 'unreadable next_page'],
  'empty-records': [packed(200, '{"tickets":[', '{},', `{}${END}`), 'a list of more than 200000 elements'],
  keys: [packed(200, `${START}"`, ',"a":1', `}${END}`), 'an object of more than 200000 keys'],
  depth: [packed(200, '{"tickets":[', '[', ''), 'JSON that is more than 16777216 levels deep'],
  'deep-end': [answer(200, `{"tickets":[],"end_time":${DEEP},"end_of_stream":true}`), 'unreadable end_time'],
  future: [
    answer(200, '{"tickets":[],"end_time":9407955470400,"end_of_stream":false}'),
    'lies in the future',
  ],
  'tag-refusal': [answer(403, '<'.repeat(2 ** 20)), 'HTML page (status 403'],
  'cut-refusal': [answer(500, START), 'JSON without an explanation (status 500)'],
  'record-refusal': [
    answer(500, `{"id":1,"description":"${PLANTED}"}`),
    'JSON without an explanation (status 500)',
  ],
  'header-refusal': [
    answer(500, '{}', { 'x-request-id': PLANTED.repeat(1000) }),
    'JSON without an explanation (status 500)',
  ],
  encoding: [
    answer(200, '{}', { 'content-encoding': PLANTED.repeat(1000) }),
    'a body that is not packed as its content-encoding says',
  ],
};

/** A byte at a time: three million pieces of HTTP, in which it takes the network little longer. */
const crumbs: Attack = ({ socket }) => {
  socket?.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
  const pieces = (text: string): string => text.replaceAll(/./g, '1\r\n$&\r\n');
  socket?.write(pieces('{"x":"'));
  for (let n = 0; n < 300; n += 1) socket?.write('1\r\nx\r\n'.repeat(10_000));
  socket?.end(`${pieces(`","tickets":[${END}`)}0\r\n\r\n`);
};

const drip: Attack = (response) => {
  response.write(START);
  const timer = setInterval(() => response.write('x'), 10);
  response.on('close', () => {
    clearInterval(timer);
  });
};

const steering = answer(500, `{"error":"${STEERING}","description":"half \\ud800 of a pair"}`);

const member = (id: string, more: string): string => `{"id":${id},"generated_timestamp":${SECOND},${more}}`;
const TICKETS = [
  member('1', '"subject":"good"'),
  member('2', `"__proto__":{"id":9},"constructor":{"prototype":{"id":9}},"subject":"${PLANTED}"`),
  member('3', `"subject":"${PLANTED}","id":3,"subject":"two"`),
  member('4', String.raw`"subject":"${PLANTED} a\u0000b \ud800","\u0000\udc00":1`),
  member(
    '5',
    `"subject":"${STEERING} ${PLANTED}","status":"${STEERING}","tags":["${STEERING}"],"${STEERING}":1`,
  ),
  member('6', `"created_at":"300000-01-01T00:00:00Z","updated_at":"+200000-01-01T00:00:00Z","due_at":"x"`),
  member('7', `"description":"${PLANTED.repeat(2_500_000)}"`),
  member('8', `"custom_fields":${DEEP},"tags":${DEEP},"x":${DEEP}`),
  member('9223372036854775808', `"subject":"${PLANTED}"`),
  member('1e308', `"subject":"${PLANTED}"`),
  member(DEEP, `"subject":"${PLANTED}"`),
  `{"id":12,"generated_timestamp":9407955470400,"subject":"${PLANTED}"}`,
];
const tickets = answer(200, `{"tickets":[${TICKETS.join(',')}${END}`);
const FIELDS = JSON.stringify({
  ticket_fields: [
    { id: 1, type: 'text', title: JSON.parse(`"${STEERING}"`) as string, active: true },
    {
      id: 2,
      type: 'tagger',
      title: 'b',
      active: true,
      custom_field_options: [{ value: 'a\u0000', name: '\ud800' }],
    },
  ],
});
const STORES = ['duckdb', 'postgres', 'ndjson', 'parquet'] as const;

let stage: Stage;
let postgres: PostgresServer;
let worker: WorkerProcess;
let config: Record<string, string>;

beforeAll(async () => {
  stage = await setStage({ tickets: 300 });
  postgres = await startPostgres();
  const folder = dirname(stage.database);
  const destinations = {
    all: `duckdb:${stage.database}`,
    duckdb: `duckdb:${folder}/hostile.duckdb`,
    postgres: postgres.url(),
    ndjson: `file:${folder}/ndjson`,
    parquet: `file:${folder}/parquet?format=parquet`,
  };
  const attacks = Object.entries(ATTACKS).map(([name, [attack]]) => [name, attack, 'all'] as const);
  const ticketsInto = STORES.map((store) => [store, tickets, store] as const);
  const others = Object.entries({ crumbs, drip, steering }).map(
    ([name, each]) => [name, each, 'all'] as const,
  );
  const accounts = [
    { subdomain: 'well', baseUrl: stage.simulator.url, oauthToken: SECRET, destination: 'all' },
  ];
  for (const [subdomain, attack, destination] of [...attacks, ...ticketsInto, ...others]) {
    const { url } = await serve((response, { url: path = '' }) => {
      if (path.includes('/incremental/tickets')) attack(response);
      else if (path.includes('/ticket_fields')) response.end(FIELDS);
      else if (path.includes('/users/me'))
        response.end(`{"user":{"id":1,"name":"${STEERING}","role":"admin"}}`);
      else response.writeHead(404).end();
    });
    accounts.push({ subdomain, baseUrl: url, oauthToken: SECRET, destination });
  }
  const file = join(folder, 'export.json');
  writeFileSync(file, JSON.stringify({ destinations, accounts }));
  config = { EXPORT_CONFIG: file, EXPORT_DESTINATION: '', ZENDESK_SUBDOMAIN: '' };
  worker = stage.startWorker({
    ...config,
    ZENDESK_BASE_URL: '',
    ZENDESK_OAUTH_TOKEN: '',
    EXPORT_LOG_LEVEL: 'DEBUG',
  });
});
afterAll(async () => {
  await closeServers();
  await stage.close();
  await postgres.stop();
});

let count = 0;

async function start(subdomain: string, perPage = 1): Promise<WorkflowHandle> {
  count += 1;
  return stage.client.workflow.start('exportTickets', {
    taskQueue: stage.taskQueue,
    workflowId: `${stage.workflowId}-${subdomain}-${count}`,
    args: [{ subdomain, startTime: 0, perPage, requestsPerMinute: 100_000 }],
  });
}

/** The words of the last failure, of the export or of an attempt that is repeated. */
async function failureOf(handle: WorkflowHandle): Promise<string> {
  return eventually(async () => {
    const { raw } = await handle.describe();
    const failing = raw.pendingActivities?.find(({ lastFailure }) => lastFailure);
    return failing?.lastFailure?.message ?? (await statusOf(handle)).lastError?.message;
  }, 'a failure');
}

async function expectAnotherToExport(): Promise<void> {
  const well = await start('well', 100);
  expect(await well.result()).toMatchObject({ state: 'completed', tickets: 300 });
}

async function historyOf({ workflowId }: WorkflowHandle): Promise<string> {
  const shown = await stage.cli('workflow', 'show', '--workflow-id', workflowId, '--output', 'json');
  return shown.replaceAll(/"data": "([^"]*)"/g, (_, data: string) => Buffer.from(data, 'base64').toString());
}

async function expectNothingTold(handle: WorkflowHandle): Promise<void> {
  const history = await historyOf(handle);
  expect(history).toContain('"startTime":0');
  expect(history).not.toContain(PLANTED);
  expect(worker.output().includes(PLANTED)).toBe(false);
}

/** What a terminal would take for more than text. */
const CONTROLS = /[^\P{Cc}\n]/u;

test.each(Object.keys(ATTACKS))('says what came, and exports another account meanwhile: %s', async (name) => {
  const [, says] = ATTACKS[name] ?? [];
  const handle = await start(name);
  expect(await failureOf(handle)).toContain(says);
  await expectAnotherToExport();
  await expectNothingTold(handle);
  await handle.terminate();
});

test('a page in three million pieces is read as any other', async () => {
  expect(await (await start('crumbs')).result()).toMatchObject({ state: 'completed' });
});

test('a body that trickles holds up neither another account nor a pause', async () => {
  const handle = await start('drip');
  await expectAnotherToExport();
  expect(await handle.executeUpdate('pause')).toMatchObject({ state: 'paused', requests: 0 });
  await handle.terminate();
});

test.each(STORES)('hostile tickets are stored in %s or quarantined, each of them', async (store) => {
  const handle = await start(store, 1000);
  const { records, quarantined, state } = (await handle.result()) as Awaited<ReturnType<typeof statusOf>>;
  expect(state).toBe('completed');
  expect(records + quarantined).toBe(TICKETS.length);
  expect(quarantined).toBeGreaterThanOrEqual(4);
  await expectNothingTold(handle);
});

test('SQL in texts and keys is text', async () => {
  const subjects = `SELECT subject FROM tickets WHERE id = 5`;
  const subject = `${JSON.parse(`"${STEERING}"`) as string} ${PLANTED}`;
  const folder = dirname(stage.database);
  expect(await queryDuckDb(join(folder, 'hostile.duckdb'), subjects)).toEqual([{ subject }]);
  const client = new Database({ connectionString: postgres.url() });
  await client.connect();
  expect((await client.query(subjects)).rows).toEqual([{ subject }]);
  await client.end();
});

test('nothing that steers a terminal is in the log, the status, the watch or the check', async () => {
  const handle = await start('steering');
  expect(await failureOf(handle)).toContain('<script>');
  const { workflowId } = handle;
  const status = await stage.cli('workflow', 'query', '--workflow-id', workflowId, '--type', 'status');
  const watching = run('watch', [workflowId]);
  await eventually(() => watching.output().includes('<script>') || undefined, 'the error to be shown');
  await handle.terminate();
  await watching.ended;
  const checking = run('check', ['steering']);
  await checking.ended;
  expect(checking.output()).toContain('<script>');
  for (const text of [worker.output(), status, watching.output(), checking.output()])
    expect(text).not.toMatch(CONTROLS);
});

function run(command: string, args: readonly string[]): WorkerProcess {
  const { PATH, HOME, TEMPORAL_ADDRESS } = process.env;
  return workerProcess(
    spawn(process.execPath, [`lib/src/commands/${command}.js`, ...args], {
      env: { PATH, HOME, TEMPORAL_ADDRESS, ...config },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

/** Where the system says how much memory a process has ever had. */
const MEMORY = existsSync('/proc/self/status') ? test : test.skip;

MEMORY('the worker has lived through all of it in 2 GB', async () => {
  const [, peak] = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${worker.process.pid}/status`, 'utf8')) ?? [];
  expect(Number(peak)).toBeLessThan(2e6);
  expect(worker.process.exitCode).toBeNull();
  await expectAnotherToExport();
});
