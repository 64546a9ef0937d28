import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client } from 'pg';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import type { LastingDestination } from '../../src/destinations/destination';
import { DuckDbDestination } from '../../src/destinations/duckdb/duckdb';
import { EVENT_VIEWS } from '../../src/destinations/eventViews';
import { ROWS_AT_ONCE, TRANSACTIONS_PER_PAGE } from '../../src/destinations/fills';
import { PostgresDestination } from '../../src/destinations/postgres/postgres';
import { TABLE_NAMES } from '../../src/streams';
import { tickets } from '../../src/streams/tickets';
import { NOON, page, recordOf, ticket } from './pages';

// A file and a schema with their rows, as the release before streams wrote them.
const FIXTURES = join(__dirname, 'fixtures');
const ROWS_AT_A_TIME = ROWS_AT_ONCE * TRANSACTIONS_PER_PAGE;

type Row = Readonly<Record<string, unknown>>;

/** A database that an earlier release has written. */
interface Old {
  open(): LastingDestination;
  /** Not while a destination has it open. */
  query(sql: string): Promise<readonly Row[]>;
}

let folder: string;
let server: PostgresServer;
const opened: LastingDestination[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'take-over-'));
  server = await startPostgres();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (destination) => destination.close()));
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

async function oldFile(name: string): Promise<Old> {
  const path = join(folder, `${name}.duckdb`);
  await writeFile(path, gunzipSync(await readFile(join(FIXTURES, 'before-streams.duckdb.gz'))));
  return {
    open: () => new DuckDbDestination(path),
    query: async (sql) => {
      const instance = await DuckDBInstance.create(path);
      try {
        const connection = await instance.connect();
        const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
        // Otherwise the file is left with its log, as by a killed process. DuckDB 1.5 takes a new column and then a new index
        // out of that log in a way that breaks the index.
        connection.closeSync();
        return rows;
      } finally {
        instance.closeSync();
      }
    },
  };
}

async function oldSchema(name: string): Promise<Old> {
  const query = async (sql: string): Promise<readonly Row[]> => {
    const client = new Client(server.url());
    await client.connect();
    try {
      await client.query(`SET search_path = ${name}`);
      const { rows } = await client.query<Row>(sql);
      return rows;
    } finally {
      await client.end();
    }
  };
  await query(`CREATE SCHEMA ${name}`);
  await query(await readFile(join(FIXTURES, 'before-streams.sql'), 'utf8'));
  return { open: () => new PostgresDestination(`${server.url()}?schema=${name}`), query };
}

async function use(old: Old, work: (destination: LastingDestination) => Promise<unknown>): Promise<void> {
  const destination = old.open();
  opened.push(destination);
  await work(destination);
  await destination.close();
}

const COLUMNS = Object.keys(tickets.columns).join(', ');
const TICKETS = `SELECT subdomain, id, generated_timestamp, deleted, ${COLUMNS}, ticket FROM tickets ORDER BY 1, 2`;

describe.each([
  ['DuckDB file', oldFile],
  ['PostgreSQL schema', oldSchema],
] as const)('a %s of an earlier release', (_, open) => {
  test('is taken over with every row, and written on', async () => {
    const old = await open('whole');
    const before = await old.query(TICKETS);
    const checkpoints = await old.query('SELECT checkpoint FROM export_pages ORDER BY subdomain, page');
    expect([before.length, checkpoints.length]).toEqual([10, 4]);
    await use(old, async (destination) => {
      await destination.prepare();
      expect(await destination.checkpoint('acme', { exportId: 'export-1', epoch: 0, page: 2 })).toBe(
        '{"page":2}',
      );
      expect(await destination.quarantined()).toHaveLength(2);
      for (const record of await destination.quarantined()) expect(record.stream).toBe('tickets');
      await destination.write(page(3, [ticket(9)]));
    });
    const after = await old.query(TICKETS);
    expect(after).toHaveLength(11);
    expect(after).toEqual(expect.arrayContaining([...before]));
    const pages = await old.query('SELECT DISTINCT stream FROM export_pages');
    expect(pages).toEqual([{ stream: 'tickets' }]);
    const wide = await old.query(`SELECT plan FROM tickets_wide WHERE subdomain = 'acme' AND id < 9`);
    expect(wide).toEqual(Array.from({ length: 5 }, () => ({ plan: 'x' })));
    for (const view of EVENT_VIEWS) expect(await old.query(`SELECT * FROM ${view}`)).toEqual([]);
  });

  test('gets the columns that it lacks, with the values that an export would have written', async () => {
    const old = await open('lacking');
    const before = await old.query(TICKETS);
    await old.query('DROP VIEW tickets_wide');
    await rebuildWithout(old, ['subject', 'tags', 'custom_fields', 'created_at', 'follower_ids', 'group_id']);
    await use(old, async (destination) => destination.prepare());
    expect(await old.query(TICKETS)).toEqual(before);
    const unfilled = `SELECT column_name FROM column_fills WHERE filled_at IS NULL AND stream = 'tickets'`;
    expect(await old.query(unfilled)).toEqual([]);
  });

  test('has tables of streams where its sideloads were, with every row, and any copy is newer', async () => {
    const old = await open('sideloads');
    await old.query(`INSERT INTO organizations (subdomain, id, updated_at, object) VALUES
      ('acme', 3, NULL, '{"id":3,"name":"Three","tags":["a"],"group_id":"x","organization_fields":{"plan":1.5}}')`);
    await old.query(
      `INSERT INTO groups (subdomain, id, object) VALUES ('acme', -4, '{"id":-4,"name":"Odd"}')`,
    );
    await use(old, async (destination) => {
      await destination.prepare();
      for (const number of [3, 4, 5]) await destination.write(page(number, []));
    });
    const users =
      'SELECT subdomain, id::int AS id, version::int AS version, deleted, name, active FROM users ORDER BY 1';
    const ann = { id: 7, version: 0, deleted: false, name: 'Ann', active: null };
    expect(await old.query(users)).toEqual([
      { subdomain: 'acme', ...ann },
      { subdomain: 'globex', ...ann },
    ]);
    expect(
      await old.query(`SELECT id::int AS id, version::int AS version, deleted, name, array_to_string(tags, ',') AS tags, group_id,
        CAST(organization_fields->>'plan' AS text) AS plan FROM organizations`),
    ).toEqual([{ id: 3, version: 0, deleted: false, name: 'Three', tags: 'a', group_id: null, plan: '1.5' }]);
    expect(await old.query('SELECT id::int AS id, version::int AS version FROM groups')).toEqual([
      { id: -4, version: 0 },
    ]);
    expect(await old.query('SELECT column_name FROM column_fills WHERE filled_at IS NULL')).toEqual([]);
    const long = 86_400 * 365;
    await use(old, async (destination) => {
      const newer = [recordOf('users', 7, NOON - long, { name: 'Ann 2', active: false })];
      await destination.write(page(6, [], { sideloads: new Map([['users', newer]]) }));
      await destination.write(page(7, [recordOf('groups', 5)], { stream: 'groups' }));
    });
    expect(await old.query(users)).toEqual([
      { subdomain: 'acme', id: 7, version: NOON - long, deleted: true, name: 'Ann 2', active: false },
      { subdomain: 'globex', ...ann },
    ]);
  });

  test('keeps the columns and indexes of its user', async () => {
    const old = await open('own');
    await old.query('ALTER TABLE tickets ADD COLUMN my_note VARCHAR(20)');
    await old.query('CREATE INDEX my_index ON tickets (status)');
    await old.query(`UPDATE tickets SET my_note = 'mine' WHERE id = 1`);
    await use(old, async (destination) => {
      await destination.prepare();
      await destination.write(page(3, [ticket(9), ticket(3, NOON + 50)]));
    });
    expect(await old.query('SELECT count(*)::int AS n FROM tickets')).toEqual([{ n: 11 }]);
    expect(await old.query('SELECT DISTINCT my_note FROM tickets WHERE id = 1')).toEqual([
      { my_note: 'mine' },
    ]);
  });

  test('that is large is filled from page to page, and continues after its worker has ended', async () => {
    const old = await open('large');
    const size = 2 * ROWS_AT_A_TIME + 10;
    const many = Array.from({ length: size }, (_, index) => ticket(100 + index, NOON, { priority: 'low' }));
    await use(old, async (destination) => destination.write(page(5, many)));
    await old.query('DROP VIEW tickets_wide');
    await rebuildWithout(old, ['priority']);
    const left = async (): Promise<unknown> => {
      const sql = `SELECT count(*)::int AS n FROM tickets WHERE priority IS NULL AND id >= 100`;
      return (await old.query(sql))[0]?.['n'];
    };
    await use(old, async (destination) => destination.prepare());
    expect(await left()).toBe(size - ROWS_AT_A_TIME + 5);
    await use(old, async (destination) => {
      // Written meanwhile: it has its own values.
      await destination.write(page(6, [ticket(size + 99, NOON + 9, { priority: 'high' })]));
      await destination.write(page(7, []));
    });
    expect(await left()).toBe(0);
    const high = await old.query(`SELECT id FROM tickets WHERE priority = 'high'`);
    expect(high.map(({ id }) => Number(id))).toEqual([size + 99]);
    expect(await old.query('SELECT column_name FROM column_fills WHERE filled_at IS NULL')).toEqual([]);
  });

  test('loses the old pages of its log, but for the newest thousand', async () => {
    const old = await open('pruned');
    await old.query(`INSERT INTO export_pages (
        subdomain, export_id, epoch, page, position, tickets, quarantined, written_at, checkpoint)
      SELECT 'acme', 'export-0', 0, page, '', 0, 0, now() - INTERVAL '40 days' - page * INTERVAL '1 minute', '{}'
      FROM generate_series(1, 3000) AS numbers (page)`);
    await use(old, async (destination) => destination.write(page(3, [ticket(9)])));
    const kept = await old.query(`SELECT count(*)::int AS n, min(page)::int AS first FROM export_pages
      WHERE subdomain = 'acme' AND export_id = 'export-0'`);
    expect(kept).toEqual([{ n: 997, first: 1 }]);
  });
});

test('tables of sideloads in a PostgreSQL schema get the index that those of streams have', async () => {
  const old = await oldSchema('indexes');
  await use(old, async (destination) => destination.prepare());
  const indexes = await old.query(
    `SELECT indexdef FROM pg_indexes WHERE schemaname = 'indexes' AND indexname LIKE '%_by_version' ORDER BY indexname`,
  );
  const others = TABLE_NAMES.filter((name) => name !== 'tickets').sort();
  expect(indexes.map(({ indexdef }) => indexdef)).toEqual(
    others.map(
      (name) => expect.stringMatching(`ON indexes.${name} USING btree .subdomain, version`) as unknown,
    ),
  );
});

/** As a table that was made before these columns were known. */
async function rebuildWithout(old: Old, columns: readonly string[]): Promise<void> {
  for (const column of columns) await old.query(`ALTER TABLE tickets DROP COLUMN ${column}`);
}
