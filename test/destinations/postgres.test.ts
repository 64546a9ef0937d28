import { Client } from 'pg';
import { PostgresDestination } from '../../src/destinations/postgres/postgres';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import { describeDestination } from './conformance';
import type { Store } from './store';
import { describeSweeps } from './sweeps';
import type { LastingDestination } from '../../src/destinations/destination';
import { describeEventViews } from './eventViews';
import { describeCustomFields } from './fields';
import { describeFindExport, describeReplay } from './replay';
import { describeTypedColumns } from './typedColumns';

let server: PostgresServer;
let schemas = 0;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
});

/** Every store is a schema of its own, with a name that needs quoting. */
async function open(): Promise<Store<LastingDestination>> {
  schemas += 1;
  const schema = `Store "${schemas}"`;
  const destination = new PostgresDestination(`${server.url()}?schema=${encodeURIComponent(schema)}`);
  const client = new Client(server.url());
  await client.connect();
  await client.query(`SET search_path = ${client.escapeIdentifier(schema)}; SET timezone = 'UTC'`);
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
}

describeDestination('PostgreSQL', open);
describeSweeps('PostgreSQL', open);
describeReplay('PostgreSQL', open);
describeFindExport('PostgreSQL', open);
describeTypedColumns('PostgreSQL', open);
describeCustomFields('PostgreSQL', open);
describeEventViews('PostgreSQL', open);
