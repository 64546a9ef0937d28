import type { DuckDBConnection } from '@duckdb/node-api';
import { digest } from '../../digest';
import { DestinationRefused } from '../destination';

/** Names a view as ours; behind it comes its definition, which earlier releases left out. */
const COMMENT = 'zendesk-ticket-export';

/** $1: the view's name. A table may have it, too. */
const FIND_VIEW = `
SELECT coalesce(comment, '') FROM duckdb_views()
WHERE database_name = current_database() AND schema_name = current_schema() AND view_name = $1
UNION ALL
SELECT '' FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name = current_schema() AND table_name = $1`;

/**
 * Makes a view, or changes it.
 * @returns whether it was not as it is now
 * @throws DestinationRefused when there is something of that name that the export did not make
 */
export async function makeView(connection: DuckDBConnection, name: string, select: string): Promise<boolean> {
  const comment = `${COMMENT} ${digest(select)}`;
  const found = await connection.runAndReadAll(FIND_VIEW, [name]);
  const [existing] = found.getRows().map(([text]) => String(text));
  if (existing === comment) return false;
  if (existing !== undefined && !existing.startsWith(COMMENT))
    throw new DestinationRefused(`There is a ${name} that the export did not make: rename it.`);
  await connection.run(`CREATE OR REPLACE VIEW ${name} AS ${select}`);
  await connection.run(`COMMENT ON VIEW ${name} IS '${comment}'`);
  return true;
}
