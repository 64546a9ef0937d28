import type {
  DuckDBConnection,
  DuckDBMaterializedResult,
  DuckDBPreparedStatement,
  DuckDBValue,
} from '@duckdb/node-api';

const statements = new WeakMap<DuckDBConnection, Map<string, DuckDBPreparedStatement>>();

/**
 * Runs a statement that every page runs, with parameters: these have DuckDB plan it at every run. One without would keep its
 * first plan, which may leave out what the data of that moment did not need, such as a search for NULL.
 */
export async function runPrepared(
  connection: DuckDBConnection,
  text: string,
  values: readonly DuckDBValue[],
): Promise<DuckDBMaterializedResult> {
  const prepared = statements.get(connection) ?? new Map<string, DuckDBPreparedStatement>();
  statements.set(connection, prepared);
  const statement = prepared.get(text) ?? (await connection.prepare(text));
  prepared.set(text, statement);
  statement.bind([...values]);
  // How many rows it has changed is known without reading its result, which takes two visits to another thread.
  return statement.run();
}
