import { DuckDBInstance } from '@duckdb/node-api';
import { STREAMS, TABLE_NAMES } from '../../src/streams';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { describeDestination } from './conformance';
import { describeReplay } from './replay';
import type { Store } from './store';
import { describeSweeps } from './sweeps';

/** The store that the property tests trust is held to what every other one is held to. */
async function open(): Promise<Store> {
  const destination = new MemoryDestination();
  return { destination, rows: async (sql) => query(destination, sql), remove: async () => undefined };
}

describeDestination('Memory', open);
describeSweeps('Memory', open);
describeReplay('Memory', open);

/** What a query finds in the tables that a database would have of the same. */
async function query(destination: MemoryDestination, sql: string): Promise<Record<string, unknown>[]> {
  const accounts = [...destination.accounts];
  const tables: Record<string, readonly [string, readonly object[]]> = {
    quarantine: [
      '{"subdomain":"VARCHAR","stream":"VARCHAR","reason":"VARCHAR","record":"VARCHAR","position":"VARCHAR"}',
      accounts.flatMap(([subdomain, { quarantine }]) =>
        [...quarantine.values()].map(({ json, ...row }) => ({ ...row, subdomain, record: json })),
      ),
    ],
    export_pages: [
      '{"epoch":"BIGINT","page":"BIGINT","stream":"VARCHAR","position":"VARCHAR","tickets":"BIGINT","quarantined":"BIGINT",' +
        '"first_generated":"BIGINT","last_generated":"BIGINT"}',
      accounts.flatMap(([, { pages }]) =>
        [...pages.values()].map(({ first, last, ...row }) => ({
          ...row,
          first_generated: first,
          last_generated: last,
        })),
      ),
    ],
  };
  for (const name of TABLE_NAMES) {
    const { id, version, raw } = STREAMS[name];
    tables[name] = [
      `{"subdomain":"VARCHAR","id":"${id.type === 'integer' ? 'BIGINT' : 'VARCHAR'}","${version.column}":"BIGINT","deleted":"BOOLEAN","${raw}":"VARCHAR"}`,
      accounts.flatMap(([subdomain, account]) =>
        [...account.table(name).values()].map(({ id: key, version: second, deleted, json }) => ({
          subdomain,
          id: key,
          [version.column]: second,
          deleted,
          [raw]: json,
        })),
      ),
    ];
  }
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  try {
    const connection = await instance.connect();
    for (const [name, [shape, rows]] of Object.entries(tables)) {
      await connection.run(
        `CREATE TABLE ${name} AS SELECT row.* FROM (SELECT unnest(from_json($1, '[${shape}]')) AS row)`,
        [JSON.stringify(rows)],
      );
    }
    const found = await connection.runAndReadAll(`SELECT to_json(found) FROM (${sql}) AS found`);
    return found.getRows().map(([row]) => JSON.parse(String(row)) as Record<string, unknown>);
  } finally {
    instance.closeSync();
  }
}
