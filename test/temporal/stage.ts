import { execFile, spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { clientDataConverter } from '../../src/temporal/codec/dataConverter';
import { NO_KEYS, codecKeys as parseCodecKeys } from '../../src/account/codecKeys';
import type { Status } from '../../src/contract/status';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator';
import { eventually } from '../support/eventually';

export { eventually };

/** A fake Zendesk, a task queue of its own and as many worker processes as the test starts. */
export interface Stage {
  readonly simulator: Simulator;
  readonly client: Client;
  readonly taskQueue: string;
  readonly workflowId: string;
  /** Path of the DuckDB file. */
  readonly database: string;
  /** `built` is where the build is, if not in `lib`. */
  readonly startWorker: (environment?: Record<string, string>, built?: string) => WorkerProcess;
  /** As a crash would. */
  readonly killWorkers: () => Promise<void>;
  /** Starts an export of everything, at a pace that no quota slows; `input` overrides. */
  readonly startExport: (input?: Record<string, unknown>) => Promise<WorkflowHandle>;
  /** Runs the stock CLI as an operator would; rejects when it fails. */
  readonly cli: (...args: string[]) => Promise<string>;
  readonly query: (sql: string) => Promise<Record<string, unknown>[]>;
  readonly close: () => Promise<void>;
}

export interface WorkerProcess {
  readonly process: ChildProcess;
  /** Everything it has written so far. */
  output(): string;
  /** Resolves with the exit code once it has ended; null after a signal. */
  readonly ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

export const SECRET = 'secret-of-the-test';

export async function setStage(
  options: SimulatorOptions = {},
  {
    address,
    name = randomUUID(),
    codecKeys = '',
  }: { readonly address?: string; readonly name?: string; readonly codecKeys?: string } = {},
): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'export-'));
  const database = join(folder, 'tickets.duckdb');
  const simulator = await startSimulator({ subdomain: 'acme', tokens: { bearer: SECRET }, ...options });
  const server = address ?? process.env['TEMPORAL_ADDRESS'] ?? '';
  const connection = await Connection.connect({ address: server });
  const keys = codecKeys === '' ? NO_KEYS : parseCodecKeys.parse(codecKeys);
  const client = new Client({ connection, dataConverter: clientDataConverter(keys) });
  const workflowId = `zendesk-tickets-${name}`;
  const workers: WorkerProcess[] = [];
  const killWorkers = async (): Promise<void> => {
    await Promise.all(workers.map(async (worker) => worker.kill('SIGKILL')));
  };
  return {
    simulator,
    client,
    taskQueue: name,
    workflowId,
    database,
    startWorker: (environment = {}, built = 'lib') => {
      const worker = spawnWorker(
        {
          TEMPORAL_ADDRESS: server,
          EXPORT_TASK_QUEUE: name,
          EXPORT_DESTINATION: `duckdb:${database}`,
          ZENDESK_SUBDOMAIN: 'acme',
          ZENDESK_BASE_URL: simulator.url,
          ZENDESK_OAUTH_TOKEN: SECRET,
          EXPORT_CODEC_KEYS: codecKeys,
          ...environment,
        },
        built,
      );
      workers.push(worker);
      return worker;
    },
    killWorkers,
    startExport: async (input = {}) =>
      client.workflow.start('exportTickets', {
        taskQueue: name,
        workflowId,
        args: [{ subdomain: 'acme', startTime: 0, requestsPerMinute: 100_000, ...input }],
      }),
    cli: async (...args) => {
      const { stdout } = await promisify(execFile)(process.env['TEMPORAL_CLI'] ?? 'temporal', [
        ...args,
        '--address',
        server,
      ]);
      return stdout;
    },
    query: async (sql) => {
      const instance = await DuckDBInstance.create(database, { access_mode: 'READ_ONLY' });
      try {
        return (await (await instance.connect()).runAndReadAll(sql)).getRowObjectsJson();
      } finally {
        instance.closeSync();
      }
    },
    close: async () => {
      await killWorkers();
      await simulator.close();
      await connection.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** @param built where the build is */
export function spawnWorker(environment: Record<string, string>, built = 'lib'): WorkerProcess {
  return workerProcess(
    spawn(process.execPath, [join(built, 'src', 'commands', 'worker.js')], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

export function workerProcess(worker: ChildProcessByStdio<null, Readable, Readable>): WorkerProcess {
  const chunks: string[] = [];
  for (const stream of [worker.stdout, worker.stderr])
    stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  const ended = new Promise<number | null>((resolve) => worker.once('close', resolve));
  return {
    process: worker,
    output: () => chunks.join(''),
    ended,
    kill: async (signal) => {
      worker.kill(signal);
      return ended;
    },
  };
}

export async function statusOf(handle: WorkflowHandle): Promise<Status> {
  return handle.query<Status>('status');
}

export async function untilStatus(
  handle: WorkflowHandle,
  what: string,
  isSo: (status: Status) => boolean,
): Promise<Status> {
  return eventually(async () => {
    const status = await statusOf(handle);
    return isSo(status) ? status : undefined;
  }, what);
}

/** Fails unless the database holds the newest version of every ticket of the account, once and byte for byte. */
export async function expectWholeAccount({ simulator, query }: Stage): Promise<void> {
  const rows = await query(
    'SELECT id, generated_timestamp, ticket::VARCHAR AS ticket FROM tickets ORDER BY id',
  );
  const stored = rows.map(({ id, generated_timestamp, ticket }) => [
    Number(id),
    Number(generated_timestamp),
    ticket,
  ]);
  const truth = [...simulator.truth().values()]
    .map((ticket) => [ticket.id, ticket.generatedTimestamp, ticket.json()])
    .sort(([a], [b]) => Number(a) - Number(b));
  expect(stored.length).toBe(truth.length);
  expect(stored).toEqual(truth);
}
