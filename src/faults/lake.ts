import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { sqlText } from '../destinations/table';
import type { Database } from '../development/database';

/** The tickets in a folder of NDJSON files as its readers find them: of each ticket the newest version. */
export async function openLake(folder: string): Promise<Pick<Database, 'rows' | 'close'>> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const files = sqlText(join(folder, 'tickets', '*', '*', '*.ndjson.gz'));
  await connection.run(`
    CREATE TABLE tickets AS
    SELECT subdomain, (json->>'$.id')::BIGINT AS id, (json->>'$.generated_timestamp')::BIGINT AS generated_timestamp, json AS ticket
    FROM read_ndjson_objects(${files}, hive_partitioning = true, filename = true)
    QUALIFY row_number() OVER (PARTITION BY subdomain, id ORDER BY generated_timestamp DESC, filename DESC) = 1`);
  return {
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowsJson(),
    close: async () => {
      instance.closeSync();
    },
  };
}
