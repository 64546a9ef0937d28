import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { gunzipSync } from 'node:zlib';
import type { ErasedPlace, Erasure } from '../../src/destinations/erasure';
import type { LastingDestination } from '../../src/destinations/destination';
import { compactRecords } from '../../src/destinations/files/compactRecords';
import { parseLocation } from '../../src/destinations/files/location';
import { openDestination } from '../../src/destinations/open';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import { ACCESS_KEY, BUCKET, SECRET_KEY, startS3, type S3Server } from '../../src/development/s3';
import { erasureOfTicket, erasureOfUser } from '../../src/erase/erasure';
import { STREAMS, type StreamName } from '../../src/streams';
import type { RecordVersion } from '../../src/streams/record';
import { queryLake } from '../destinations/files/lake';
import { NOON, page, recordOf } from '../destinations/pages';
import { queryDuckDb } from '../destinations/queryDuckDb';

const [USER, TICKET] = [4_000_123, 4_000_456];
const PLANTED = 'planted';

/** The person's records, with what is planted, and those of others. */
function records(stream: StreamName): RecordVersion[] {
  const make = (id: number, more: object): RecordVersion => recordOf(stream, id, NOON, { ...more });
  const comment = (author_id: number, body: string): object => ({
    child_events: [{ id: 1, type: 'Comment', author_id, body, html_body: body }],
  });
  const all: Partial<Record<StreamName, RecordVersion[]>> = {
    users: [make(USER, { name: PLANTED }), make(7, { name: 'kept', external_id: String(USER) })],
    tickets: [
      make(TICKET, { requester_id: USER, subject: PLANTED, description: PLANTED, priority: 'high' }),
      make(8, { requester_id: 7, assignee_id: USER, subject: 'kept' }),
    ],
    ticket_events: [
      make(1, { ticket_id: TICKET, updater_id: USER, ...comment(USER, PLANTED) }),
      make(2, { ticket_id: TICKET, updater_id: 7, ...comment(7, 'kept') }),
      make(3, { ticket_id: 8, updater_id: 7, ...comment(7, 'kept') }),
    ],
    satisfaction_ratings: [
      make(1, { ticket_id: TICKET, requester_id: USER, comment: PLANTED }),
      make(2, { ticket_id: 8, requester_id: 7, comment: 'kept' }),
    ],
    group_memberships: [make(1, { user_id: USER, group_id: 1 }), make(2, { user_id: 7, group_id: 1 })],
  };
  return all[stream] ?? [];
}

const STORED: readonly StreamName[] = [
  ...(['users', 'tickets', 'ticket_events', 'satisfaction_ratings', 'group_memberships'] as const),
];

async function fill(destination: LastingDestination): Promise<void> {
  await destination.prepare();
  for (const [index, stream] of STORED.entries()) {
    const { kind } = STREAMS[stream].paging;
    const sweep = kind === 'list' ? { sweep: { began: NOON, isComplete: true } } : {};
    const json = JSON.stringify({ id: String(USER), requester_id: USER, name: PLANTED, stream });
    const rejected =
      stream === 'users' || stream === 'tickets'
        ? [{ kind: 'rejected', stream, reason: 'none', json } as const]
        : [];
    await destination.write(page(index + 1, records(stream), { stream, rejected, ...sweep }));
  }
}

const sum = (places: readonly ErasedPlace[], what: 'removed' | 'blanked'): number =>
  places.reduce((all, place) => all + place[what], 0);

interface Store {
  readonly url: string;
  /** Where its files are. */
  readonly root: string;
  /** Rows of a query, as objects. */
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** All that can be read of it. */
  text(): Promise<string>;
}

let folder: string;
let server: PostgresServer | undefined;
let s3: S3Server | undefined;
beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = ACCESS_KEY;
  process.env.AWS_SECRET_ACCESS_KEY = SECRET_KEY;
  [server, s3] = await Promise.all([startPostgres(), startS3()]);
}, 600_000);
afterAll(async () => {
  await server?.stop();
  await s3?.remove();
});
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'erase-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const TABLES = [...STORED, 'quarantine'];

async function textOfTables(query: Store['query']): Promise<string> {
  const all = await Promise.all(TABLES.map(async (name) => query(`SELECT * FROM ${name}`)));
  return JSON.stringify(all, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
}

type Format = 'ndjson' | 'parquet';

/** @param root where the files are */
function lakeAt(url: string, root: string, format: Format): Store {
  const query: Store['query'] = async (sql) => queryLake(root, format, sql);
  return {
    url,
    root,
    query,
    text: async () => `${format === 'parquet' ? await textOfTables(query) : ''}${filesBelow(root)}`,
  };
}

function lake(format: Format): Store {
  return lakeAt(`file:${folder}?format=${format}`, folder, format);
}

let prefixes = 0;

function bucket(format: Format): Store {
  prefixes += 1;
  const prefix = `some where/${prefixes}`;
  const url = `s3://${BUCKET}/${prefix}?format=${format}&${s3?.query ?? ''}`;
  return lakeAt(url, join(s3?.folder ?? '', prefix), format);
}

function filesBelow(path: string): string {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      return (entry.name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
    })
    .join('\n');
}

const STORES: Readonly<Record<string, () => Store>> = {
  duckdb: () => {
    const query: Store['query'] = async (sql) => queryDuckDb(`${folder}/t.duckdb`, sql);
    return { url: `duckdb:${folder}/t.duckdb`, root: folder, query, text: async () => textOfTables(query) };
  },
  postgres: () => {
    const url = new URL(server?.url() ?? '');
    const schema = `erase_${Date.now()}`;
    url.searchParams.set('schema', schema);
    const query: Store['query'] = async (sql) => {
      const client = new Client({ connectionString: server?.url() ?? '' });
      await client.connect();
      await client.query(`SET search_path = ${schema}`);
      const { rows } = await client.query<Record<string, unknown>>(sql);
      await client.end();
      return rows;
    };
    return { url: url.href, root: '', query, text: async () => textOfTables(query) };
  },
  ndjson: () => lake('ndjson'),
  parquet: () => lake('parquet'),
  'a bucket of ndjson': () => bucket('ndjson'),
  'a bucket of parquet': () => bucket('parquet'),
};

describe.each(Object.keys(STORES))('in %s', (name) => {
  let store: Store;
  let destination: LastingDestination;
  beforeEach(async () => {
    store = STORES[name]?.() ?? lake('ndjson');
    destination = openDestination(store.url);
    await fill(destination);
  });
  afterEach(async () => destination.close());

  async function erase(erasure: Erasure): Promise<{ removed: number; blanked: number }> {
    const places = await destination.erase(erasure);
    const again = await destination.erase(erasure);
    expect([sum(again, 'removed'), sum(again, 'blanked')]).toEqual([0, 0]);
    await destination.close();
    return { removed: sum(places, 'removed'), blanked: sum(places, 'blanked') };
  }

  const ids = async (table: string): Promise<number[]> =>
    (await store.query(`SELECT id FROM ${table} ORDER BY id`)).map(({ id }) => Number(id));

  test('a person is gone, and all that the person wrote', async () => {
    expect(await erase(erasureOfUser('acme', USER))).toEqual({ removed: 5, blanked: 2 });
    const text = await store.text();
    expect(text.includes(PLANTED)).toBe(false);
    expect(text.includes('kept')).toBe(true);
    expect(await ids('users')).toEqual([7]);
    expect(await ids('tickets')).toEqual([8, TICKET]);
    expect(await ids('ticket_events')).toEqual([1, 2, 3]);
    expect(await ids('satisfaction_ratings')).toEqual([2]);
    expect(await ids('group_memberships')).toEqual([2]);
  });

  test('a ticket is gone, with its events and ratings', async () => {
    expect(await erase(erasureOfTicket('acme', TICKET))).toEqual({ removed: 4, blanked: 0 });
    expect(await ids('tickets')).toEqual([8]);
    expect(await ids('ticket_events')).toEqual([3]);
    expect(await ids('satisfaction_ratings')).toEqual([2]);
    expect(await ids('users')).toEqual([7, USER]);
  });

  test('another account is left alone', async () => {
    expect(await erase(erasureOfUser('globex', USER))).toEqual({ removed: 0, blanked: 0 });
    expect((await store.text()).includes(PLANTED)).toBe(true);
  });
});

test.each(['ndjson', 'parquet', 'a bucket of ndjson', 'a bucket of parquet'])(
  'compacted files of %s lose the records, and manifests name the files that are there',
  async (name) => {
    const { url, root } = STORES[name]?.() ?? lake('ndjson');
    const destination = openDestination(url);
    await fill(destination);
    const { store } = parseLocation(url);
    for (const stream of ['tickets', 'satisfaction_ratings'] as const)
      await compactRecords(store, STREAMS[stream]);
    const places = await destination.erase(erasureOfUser('acme', USER));
    await destination.close();
    expect(places.filter(({ place }) => place.includes('_latest/')).length).toBe(2);
    expect(filesBelow(root).includes(PLANTED)).toBe(false);
    const manifests = readdirSync(join(root, 'export_pages/subdomain=acme')).map(
      (file) =>
        JSON.parse(readFileSync(join(root, 'export_pages/subdomain=acme', file), 'utf8')) as {
          files: { path: string }[];
        },
    );
    const named = manifests.flatMap(({ files }) => files.map(({ path }) => path)).sort();
    const there = (await Promise.all(STORED.map(async (stream) => store.list(`${stream}/`)))).flat().sort();
    expect(named).toEqual(there);
  },
);
