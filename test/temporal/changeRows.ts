import { DuckDBInstance } from '@duckdb/node-api';
import { eventually } from './stage';

/** Changes a DuckDB file by hand, once no worker has it open. */
export async function changeRows(database: string, ...statements: readonly string[]): Promise<void> {
  const instance = await eventually(
    async () => DuckDBInstance.create(database).catch(() => undefined),
    'the file to be free',
  );
  const connection = await instance.connect();
  for (const sql of statements) await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}
