import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { openDatabase } from '../../src/development/database';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import { SHAPES, startSimulator, type Simulator } from '../../src/simulator';
import { queryLake } from '../destinations/files/lake';
import { confine, giveAway, peakMemory } from '../support/confinement';
import { ACCESS_KEY, BUCKET, SECRET_KEY, startS3, type S3Server } from '../../src/development/s3';
import { eventually, SECRET, workerProcess, type WorkerProcess } from './stage';

const GIB = 2 ** 30;
/** Two whole pages of them, and a rest. */
const TICKETS = 2500;
/** A file for each day of a page would be most of the work. */
const DAYS = 10;

/** An account of each shape, by its subdomain. */
const accounts = new Map<string, Simulator>();
let s3: S3Server;
let postgres: PostgresServer;
let client: Client;

beforeAll(async () => {
  const from = Date.now() / 1000 - DAYS * 86_400;
  for (const [subdomain, shape] of Object.entries(SHAPES)) {
    const account = { subdomain, tickets: TICKETS, from, shapes: [shape], tokens: { bearer: SECRET } };
    accounts.set(subdomain, await startSimulator(account));
  }
  s3 = await startS3();
  postgres = await startPostgres();
  client = new Client({
    connection: await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' }),
  });
}, 600_000);
afterAll(async () => {
  await client.connection.close();
  await postgres.stop();
  await s3.remove();
  for (const simulator of accounts.values()) await simulator.close();
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conditions-'));
  chmodSync(folder, 0o755);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A destination, and how its readers see it. */
interface Place {
  readonly url: string;
  /** Of one account: id, version and JSON. */
  readonly rows: (subdomain: string) => Promise<readonly (readonly unknown[])[]>;
}

const query = (subdomain: string): string =>
  `SELECT id, generated_timestamp, CAST(ticket AS text) AS ticket FROM tickets WHERE subdomain = '${subdomain}'`;

function database(url: string): Place {
  return {
    url,
    rows: async (subdomain) => {
      const opened = await openDatabase(url);
      try {
        return (await opened?.rows(query(subdomain))) ?? [];
      } finally {
        await opened?.close();
      }
    },
  };
}

function lake(url: string, root: string, format: 'ndjson' | 'parquet'): Place {
  const rows = async (subdomain: string): Promise<unknown[][]> =>
    (await queryLake(root, format, query(subdomain))).map(({ id, generated_timestamp: version, ticket }) => [
      id,
      version,
      ticket,
    ]);
  return { url: `${url}format=${format}`, rows };
}

const PLACES: readonly (readonly [string, (store: string) => Place])[] = [
  ['DuckDB', (store) => database(`duckdb:${join(store, 'tickets.duckdb')}`)],
  ['PostgreSQL', () => database(postgres.url())],
  ['a folder of NDJSON', (store) => lake(`file:${store}?`, store, 'ndjson')],
  ['a folder of Parquet', (store) => lake(`file:${store}?`, store, 'parquet')],
  ['a bucket of NDJSON', () => lake(`s3://${BUCKET}/a?${s3.query}&`, join(s3.folder, 'a'), 'ndjson')],
  ['a bucket of Parquet', () => lake(`s3://${BUCKET}/b?${s3.query}&`, join(s3.folder, 'b'), 'parquet')],
];

test.each(PLACES)(
  'an unprivileged worker with 1 GiB in a read-only directory exports accounts of every shape: %s',
  async (name, open) => {
    const store = join(folder, 'store');
    mkdirSync(store);
    giveAway(store);
    const place = open(store);
    const confinement = confine(GIB);
    const taskQueue = `conditions-${name}`;
    const worker = workerProcess(
      confinement.start({
        TEMPORAL_ADDRESS: process.env['TEMPORAL_ADDRESS'] ?? '',
        EXPORT_TASK_QUEUE: taskQueue,
        EXPORT_CONFIG: configFor(place.url),
        AWS_ACCESS_KEY_ID: ACCESS_KEY,
        AWS_SECRET_ACCESS_KEY: SECRET_KEY,
      }),
    );
    try {
      await Promise.race([exportAll(taskQueue), failAtEndOf(worker)]);
      expect(peakMemory(worker.process.pid) ?? 0).toBeLessThan(GIB);
      expect(await worker.kill('SIGTERM')).toBe(0);
      for (const [subdomain, simulator] of accounts) {
        expect({ subdomain, wrong: wrongOf(await place.rows(subdomain), simulator) }).toEqual({
          subdomain,
          wrong: [],
        });
      }
      expect(readdirSync(confinement.folder)).toEqual([]);
      expect(readdirSync(confinement.temporary)).toEqual([]);
    } finally {
      await worker.kill('SIGKILL');
      confinement.remove();
    }
  },
);

/** Readable for the worker, as a mounted file is. */
function configFor(destination: string): string {
  const file = join(folder, 'export.json');
  const listed = [...accounts].map(([subdomain, { url }]) => ({
    subdomain,
    baseUrl: url,
    oauthToken: SECRET,
  }));
  writeFileSync(file, JSON.stringify({ destinations: { place: destination }, accounts: listed }), {
    mode: 0o644,
  });
  return file;
}

/** All at once; what blocks one fails it, and is said. */
async function exportAll(taskQueue: string): Promise<void> {
  const handles = await Promise.all(
    [...accounts.keys()].map(async (subdomain) =>
      client.workflow.start('exportTickets', {
        taskQueue,
        workflowId: `${taskQueue}-${subdomain}`,
        args: [{ subdomain, startTime: 0, requestsPerMinute: 100_000, onBlocked: 'fail' }],
      }),
    ),
  );
  for (const handle of handles) {
    const status = await eventually(async () => {
      const {
        status: { name },
      } = await handle.describe();
      return name === 'RUNNING' ? undefined : name;
    }, `the end of ${handle.workflowId}`);
    if (status !== 'COMPLETED') await handle.result();
  }
}

async function failAtEndOf(worker: WorkerProcess): Promise<never> {
  const code = await worker.ended;
  throw new Error(`The worker ended with ${code ?? 'a signal'}: ${worker.output().slice(-2000)}`);
}

/** The ids of tickets that are not there once, at their newest version, as Zendesk sent them. */
function wrongOf(rows: readonly (readonly unknown[])[], simulator: Simulator): unknown[] {
  const stored = new Map(
    rows.map(([id, version, json]) => [Number(id), { version: Number(version), json: String(json) }]),
  );
  const wrong = [...simulator.newestVersions()].filter((ticket) => {
    const { version, json = 'null' } = stored.get(ticket.id) ?? {};
    const truth = ticket.json();
    // PostgreSQL writes the same JSON in its own way.
    const isSame = json === truth || isDeepStrictEqual(JSON.parse(json), JSON.parse(truth));
    return version !== ticket.generatedTimestamp || !isSame;
  });
  return rows.length === simulator.size ? wrong.map(({ id }) => id) : [`${rows.length} rows`];
}
