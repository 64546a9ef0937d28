import { COLUMNS } from '../duckdb/columns';
import { readTickets, time } from '../duckdb/readTickets';

// JSON stays text: not every reader of Parquet knows its JSON type.
const TYPED = COLUMNS.map(({ name, type }) => (type === 'JSON' ? `${name}::VARCHAR AS ${name}` : name));

/**
 * A ticket's row, as it stands in a Parquet file.
 * @param source a relation with the column `ticket`, its JSON text
 * @param read how: {@link readPlainTickets} where none of them is odd
 */
export function typedTickets(source: string, read = readTickets): string {
  return `
SELECT read_id AS id, read_version AS generated_timestamp, coalesce(status = 'deleted', false) AS deleted,
  ${TYPED.join(', ')}, ticket
FROM ${read(`(SELECT ticket FROM ${source})`)}`;
}

/** @param source a relation with the column `object`, its JSON text */
export function typedObjects(source: string): string {
  return `
SELECT typed.id, ${time('typed.updated_at', "object->>'updated_at'")} AS updated_at, object
FROM (SELECT object, from_json(object, '{"id":"BIGINT","updated_at":"TIMESTAMPTZ"}') AS typed FROM ${source})`;
}

/** Text within an SQL literal. */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
