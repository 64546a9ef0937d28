import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client } from 'pg';

/** The destination as its readers see it. */
export interface Database {
  /** Rows of a query that DuckDB and PostgreSQL both understand. */
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
  /** The same with the names of its columns, and every value as text. Times are UTC. */
  table(sql: string): Promise<Table>;
  close(): Promise<void>;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

const UTC = "SET TimeZone = 'UTC'";

/** Undefined when `destination` is not a database. */
export async function openDatabase(destination: string): Promise<Database | undefined> {
  const file = /^duckdb:(.*)$/.exec(destination)?.[1];
  if (file !== undefined) return openDuckDb(file);
  return /^postgres/.test(destination) ? openPostgres(destination) : undefined;
}

async function openPostgres(url: string): Promise<Database> {
  const client = new Client(url);
  await client.connect();
  return {
    rows: async (sql) => (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows,
    table: async (sql) => {
      await client.query(UTC);
      const types = { getTypeParser: () => String };
      const { fields, rows } = await client.query<(string | null)[]>({ text: sql, rowMode: 'array', types });
      return { columns: fields.map(({ name }) => name), rows };
    },
    close: async () => client.end(),
  };
}

/** The worker closes the file a moment after the last page. */
async function openDuckDb(file: string): Promise<Database> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
      const connection = await instance.connect();
      return {
        rows: async (sql) => (await connection.runAndReadAll(sql)).getRowsJson(),
        table: async (sql) => {
          await connection.run(UTC);
          const found = await connection.runAndReadAll(sql);
          const rows = found.getRowsJson().map((row) => row.map(textOf));
          return { columns: found.columnNames(), rows };
        },
        close: async () => {
          instance.closeSync();
        },
      };
    } catch (error) {
      if (attempt === 20 || !/lock|already|configuration/i.test(String(error))) throw error;
      await sleep(250);
    }
  }
}

function textOf(value: unknown): string | null {
  return value === null || typeof value === 'string' ? value : JSON.stringify(value);
}
