import { DuckDBInstance } from '@duckdb/node-api';
import { MemoryDestination } from '../support/memoryDestination';
import { describeDestination } from './conformance';
import { describeReplay } from './replay';
import type { Store } from './store';

/** The store that the property tests trust is held to what every other one is held to. */
async function open(): Promise<Store> {
  const destination = new MemoryDestination();
  return { destination, rows: async (sql) => query(destination, sql), remove: async () => undefined };
}

describeDestination('Memory', open);
describeReplay('Memory', open);

const SIDELOADS = ['users', 'groups', 'organizations', 'sharing_agreements', 'ticket_forms', 'metric_sets'];

/** What a query finds in the tables that a database would have of the same. */
async function query(destination: MemoryDestination, sql: string): Promise<Record<string, unknown>[]> {
  const rowsOf = <T>(of: (account: string) => readonly T[]): T[] =>
    [...destination.accounts.keys()].flatMap(of);
  const account = (
    name: string,
  ): (typeof destination.accounts extends Map<string, infer A> ? A : never)[] => {
    const found = destination.accounts.get(name);
    return found === undefined ? [] : [found];
  };
  const tables: Readonly<Record<string, readonly [string, readonly object[]]>> = {
    tickets: [
      '{"subdomain":"VARCHAR","id":"BIGINT","generated_timestamp":"BIGINT","deleted":"BOOLEAN","ticket":"VARCHAR"}',
      rowsOf((subdomain) =>
        account(subdomain).flatMap(({ tickets }) =>
          [...tickets.values()].map(({ id, version, deleted, json }) => ({
            subdomain,
            id,
            generated_timestamp: version,
            deleted,
            ticket: json,
          })),
        ),
      ),
    ],
    quarantine: [
      '{"subdomain":"VARCHAR","reason":"VARCHAR","record":"VARCHAR","position":"VARCHAR"}',
      rowsOf((subdomain) =>
        account(subdomain).flatMap(({ quarantine }) =>
          [...quarantine.values()].map(({ reason, json, position }) => ({
            subdomain,
            reason,
            record: json,
            position,
          })),
        ),
      ),
    ],
    export_pages: [
      '{"epoch":"BIGINT","page":"BIGINT","position":"VARCHAR","tickets":"BIGINT","quarantined":"BIGINT",' +
        '"first_generated":"BIGINT","last_generated":"BIGINT"}',
      rowsOf((subdomain) =>
        account(subdomain).flatMap(({ pages }) =>
          [...pages.values()].map(({ first, last, ...row }) => ({
            ...row,
            first_generated: first,
            last_generated: last,
          })),
        ),
      ),
    ],
    ...Object.fromEntries(
      SIDELOADS.map((table) => [
        table,
        [
          '{"subdomain":"VARCHAR","id":"BIGINT","object":"VARCHAR"}',
          rowsOf((subdomain) =>
            account(subdomain).flatMap(({ sideloads }) =>
              [...(sideloads.get(table)?.values() ?? [])].map(({ id, json }) => ({
                subdomain,
                id,
                object: json,
              })),
            ),
          ),
        ] as const,
      ]),
    ),
  };
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
