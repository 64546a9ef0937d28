import { DuckDBInstance } from '@duckdb/node-api';

/** What a query finds in a DuckDB file, read-only as another program would open it; each row as JSON. */
export async function queryDuckDb(file: string, sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  try {
    const connection = await instance.connect();
    const found = await connection.runAndReadAll(`SELECT to_json(found) FROM (${sql}) AS found`);
    return found.getRows().map(([row]) => JSON.parse(String(row)) as Record<string, unknown>);
  } finally {
    instance.closeSync();
  }
}
