import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client } from 'pg';
import { DuckDbDestination } from '../../src/destinations/duckdb/duckdb';
import { openDestination } from '../../src/destinations/open';
import { PostgresDestination } from '../../src/destinations/postgres/postgres';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import { describeDashboards } from './dashboards';
import { field } from './fields';
import { NOON, page, recordOf } from './pages';
import { queryDuckDb } from './queryDuckDb';

let folder: string;
let server: PostgresServer;
let databases = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dashboards-'));
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

async function connect(url: string): Promise<Client> {
  const client = new Client(url);
  await client.connect();
  return client;
}

/** A database of its own for each: schemas of views have the same names in all of them. */
async function newDatabase(): Promise<string> {
  databases += 1;
  const client = await connect(server.url());
  await client.query(`CREATE DATABASE dashboards_${databases}`);
  await client.end();
  return `dashboards_${databases}`;
}

describeDashboards('DuckDB', async (views) => {
  databases += 1;
  const file = join(folder, `${databases}.duckdb`);
  const destination = new DuckDbDestination(file, views);
  return {
    destination,
    rows: async (sql) => {
      await destination.close();
      return queryDuckDb(file, sql);
    },
    remove: async () => rm(file),
  };
});

describeDashboards('PostgreSQL', async (views) => {
  const url = server.url({ database: await newDatabase() });
  const destination = new PostgresDestination(
    `${url}?schema=raw${views === null ? '' : `&views=${encodeURIComponent(views)}`}`,
  );
  const client = await connect(url);
  // A reader far from UTC.
  await client.query(`SET search_path = raw; SET timezone = 'Asia/Tokyo'`);
  return {
    destination,
    rows: async (sql) => {
      const found = await client.query<{ row: Record<string, unknown> }>(
        `SELECT to_json(found) AS row FROM (${sql}) AS found`,
      );
      return found.rows.map(({ row }) => row);
    },
    remove: async () => client.end(),
  };
});

describe('DuckDB: views for dashboards', () => {
  test('can be read where the file is attached to another one', async () => {
    const file = join(folder, 'attached.duckdb');
    const destination = new DuckDbDestination(file, 'zendesk');
    await destination.prepare();
    await destination.write(page(1, [recordOf('tickets', 1, NOON, { status: 'open' })]));
    await destination.describeFields('acme', [field(1, 'Plan')]);
    await destination.makeViews('acme');
    await destination.close();
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`ATTACH '${file}' AS elsewhere (READ_ONLY)`);
    const rowsOf = async (view: string): Promise<unknown> =>
      (await connection.runAndReadAll(`SELECT count(*)::INTEGER FROM elsewhere.zendesk."${view}"`)).getRows();
    expect(await rowsOf('ticket')).toEqual([[1]]);
    expect(await rowsOf('ticket_field_history')).toEqual([[0]]);
    expect(await rowsOf('ticket_comment')).toEqual([[0]]);
    instance.closeSync();
  });

  test('leave alone what somebody else has made under such a name', async () => {
    const file = join(folder, 'foreign.duckdb');
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    await connection.run('CREATE SCHEMA zendesk; CREATE TABLE zendesk.ticket (mine INTEGER)');
    connection.closeSync();
    instance.closeSync();
    const destination = new DuckDbDestination(file, 'zendesk');
    await destination.prepare();
    const made = await destination.makeViews('acme');
    expect(made?.problem).toMatch(/There is a zendesk\.ticket that the export did not make/);
    await destination.close();
    expect(await queryDuckDb(file, 'SELECT count(*)::INTEGER AS n FROM zendesk.ticket')).toEqual([{ n: 0 }]);
  });
});

describe('PostgreSQL: views for dashboards', () => {
  let url: string;
  let client: Client;
  let destination: PostgresDestination;
  beforeEach(async () => {
    const database = await newDatabase();
    url = server.url({ database });
    client = await connect(url);
    destination = new PostgresDestination(`${url}?views=zendesk`);
    await destination.prepare();
  });
  afterEach(async () => {
    await destination.close();
    await client.end();
  });

  const problem = async (): Promise<string | null | undefined> =>
    (await destination.makeViews('acme'))?.problem;
  const idOf = async (name: string): Promise<unknown> =>
    (await client.query<{ id: unknown }>('SELECT $1::regclass::oid::int AS id', [name])).rows[0]?.id;
  const customColumns = async (): Promise<unknown> =>
    (
      await client.query<{ name: string }>(
        `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'zendesk.ticket'::regclass AND attname LIKE 'custom%' AND NOT attisdropped`,
      )
    ).rows.map(({ name }) => name);

  test('are left alone while nothing changes, and grow under the views of others', async () => {
    await destination.describeFields('acme', [field(1, 'Plan')]);
    expect(await problem()).toBeNull();
    const before = [await idOf('zendesk.ticket'), await idOf('zendesk.time_zone')];
    const written = await client.query('SELECT DISTINCT xmin FROM zendesk.time_zone');
    await client.query('CREATE VIEW mine AS SELECT * FROM zendesk.ticket');
    expect(await problem()).toBeNull();
    await destination.describeFields('acme', [field(1, 'Plan'), field(2, 'Seats', 'integer')]);
    expect(await problem()).toBeNull();
    expect(await customColumns()).toEqual(['custom_plan', 'custom_seats']);
    expect([await idOf('zendesk.ticket'), await idOf('zendesk.time_zone')]).toEqual(before);
    expect((await client.query('SELECT DISTINCT xmin FROM zendesk.time_zone')).rows).toEqual(written.rows);
  });

  test('lose or rename no column under the views of others, which are named', async () => {
    await destination.describeFields('acme', [field(1, 'Plan')]);
    await problem();
    await client.query('CREATE VIEW mine AS SELECT custom_plan FROM zendesk.ticket');
    await destination.describeFields('acme', [field(1, 'Tariff')]);
    expect(await problem()).toMatch(/Other views depend on "zendesk"\."ticket".*DROP VIEW .* CASCADE/);
    expect(await customColumns()).toEqual(['custom_plan']);
    await client.query('DROP VIEW zendesk.ticket CASCADE');
    expect(await problem()).toBeNull();
    expect(await customColumns()).toEqual(['custom_tariff']);
  });

  test('keep what they give to others when they are made again', async () => {
    await destination.describeFields('acme', [field(1, 'Plan')]);
    await problem();
    await client.query('GRANT SELECT ON zendesk.ticket TO PUBLIC');
    await destination.describeFields('acme', [field(1, 'Tariff')]);
    expect(await problem()).toBeNull();
    expect(await customColumns()).toEqual(['custom_tariff']);
    const { rows } = await client.query(
      `SELECT privilege_type FROM information_schema.table_privileges WHERE table_schema = 'zendesk' AND table_name = 'ticket' AND grantee = 'PUBLIC'`,
    );
    expect(rows).toEqual([{ privilege_type: 'SELECT' }]);
  });

  test('leave alone what somebody else has made under such a name', async () => {
    await client.query('CREATE SCHEMA zendesk; CREATE VIEW zendesk.ticket AS SELECT 1 AS mine');
    expect(await problem()).toMatch(/There is a zendesk\.ticket that the export did not make/);
    expect((await client.query('SELECT * FROM zendesk.ticket')).rows).toEqual([{ mine: 1 }]);
    expect(await idOf('tickets')).toBeDefined();
  });

  test('are no reason to stop where a right is missing: what to do is said, and pages are written', async () => {
    await client.query(`CREATE ROLE writer_${databases} LOGIN PASSWORD 'w'`);
    await client.query(`GRANT USAGE ON SCHEMA public TO writer_${databases}`);
    await client.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO writer_${databases}`);
    await destination.close();
    const database = `dashboards_${databases}`;
    const writer = server.url({ user: `writer_${databases}`, password: 'w', database });
    destination = new PostgresDestination(`${writer}?views=zendesk`);
    expect(await problem()).toMatch(/permission denied for database .*grant the worker's user CREATE on it/);
    await destination.write(page(1, [recordOf('tickets', 1, NOON, { status: 'open' })]));
    await client.query(`CREATE SCHEMA zendesk AUTHORIZATION writer_${databases}`);
    expect(await problem()).toBeNull();
    expect((await client.query('SELECT id::int FROM zendesk.ticket')).rows).toEqual([{ id: 1 }]);
  });

  test('are not put among the tables of the export', async () => {
    await client.query('CREATE SCHEMA zendesk');
    await client.query(`ALTER DATABASE dashboards_${databases} SET search_path = zendesk`);
    await destination.close();
    destination = new PostgresDestination(`${url}?views=zendesk`);
    await destination.prepare();
    expect(await problem()).toMatch(/contains the export's own tables/);
  });
});

test.each([
  'Zendesk',
  'zen desk',
  'zen-desk',
  '1zendesk',
  '{account}',
  '',
  'a'.repeat(64),
  'public',
  'main',
  'pg_views',
  'information_schema',
])('"%s" is no schema for views', (views) => {
  const named = encodeURIComponent(views);
  expect(() => openDestination(`duckdb:./tickets.duckdb?views=${named}`)).toThrow(/^views: /);
  expect(() => openDestination(`postgres://u:secret@db/zendesk?views=${named}`)).toThrow(/^views: /);
});

test('the schema of the tables is none for views, and a misspelt option is named', () => {
  expect(() => openDestination('postgres://db/zendesk?schema=raw&views=raw')).toThrow(/raw is taken/);
  expect(() => openDestination('duckdb:./tickets.duckdb?view=zendesk')).toThrow(/unknown option "view"/);
});

test.each(['zendesk', 'zendesk_{subdomain}', '{subdomain}'])('%s is one', (views) => {
  expect(() => openDestination(`duckdb:./tickets.duckdb?views=${views}`)).not.toThrow();
  expect(() => openDestination(`postgres://db/zendesk?views=${views}`)).not.toThrow();
});
