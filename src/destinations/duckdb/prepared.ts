import type {
  DuckDBConnection,
  DuckDBPreparedStatement,
  DuckDBResultReader,
  DuckDBValue,
} from '@duckdb/node-api';

const statements = new WeakMap<DuckDBConnection, Map<string, DuckDBPreparedStatement>>();

/** Runs a statement that every page runs. It is planned once per connection: planning takes as long as running it. */
export async function runPrepared(
  connection: DuckDBConnection,
  text: string,
  values: readonly DuckDBValue[] = [],
): Promise<DuckDBResultReader> {
  const planned = statements.get(connection) ?? new Map<string, DuckDBPreparedStatement>();
  statements.set(connection, planned);
  const statement = planned.get(text) ?? (await connection.prepare(text));
  planned.set(text, statement);
  statement.bind([...values]);
  return statement.runAndReadAll();
}
