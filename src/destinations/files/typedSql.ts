import { COLUMNS, SHAPE } from '../duckdb/columns';

const TICKET = JSON.stringify({ id: 'BIGINT', generated_timestamp: 'BIGINT', ...SHAPE });

// JSON stays text: not every reader of Parquet knows its JSON type.
const TYPED = COLUMNS.map(({ name, type }) =>
  type === 'JSON' ? `typed.${name}::VARCHAR AS ${name}` : `typed.${name}`,
);

/** A ticket's row, as it stands in a Parquet file. @param source a relation with the column `ticket`, its JSON text */
export function typedTickets(source: string): string {
  return `
SELECT typed.id, typed.generated_timestamp, coalesce(typed.status = 'deleted', false) AS deleted,
  ${TYPED.join(', ')}, ticket
FROM (SELECT ticket, from_json(ticket, '${TICKET}') AS typed FROM ${source})`;
}

/** @param source a relation with the column `object`, its JSON text */
export function typedObjects(source: string): string {
  return `
SELECT typed.id, typed.updated_at, object
FROM (SELECT object, from_json(object, '{"id":"BIGINT","updated_at":"TIMESTAMPTZ"}') AS typed FROM ${source})`;
}

/** Text within an SQL literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
