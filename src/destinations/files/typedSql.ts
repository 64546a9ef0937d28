import { TICKET_COLUMNS, type ColumnType } from '../columns';

/** JSON stays text: not every reader of Parquet knows its JSON type. */
const TYPES: Record<ColumnType, string | readonly [string]> = {
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  text: 'VARCHAR',
  time: 'TIMESTAMPTZ',
  json: 'JSON',
  integers: ['BIGINT'],
  texts: ['VARCHAR'],
};

// A value of another type becomes NULL in its column instead of failing the page.
const SHAPE = JSON.stringify({
  id: 'BIGINT',
  generated_timestamp: 'BIGINT',
  ...Object.fromEntries(Object.entries(TICKET_COLUMNS).map(([name, type]) => [name, TYPES[type]])),
});

const COLUMNS = Object.entries(TICKET_COLUMNS).map(([name, type]) =>
  type === 'json' ? `typed.${name}::VARCHAR AS ${name}` : `typed.${name}`,
);

/** A ticket's row, as it stands in a Parquet file. @param source a relation with the column `ticket`, its JSON text */
export function typedTickets(source: string): string {
  return `
SELECT typed.id, typed.generated_timestamp, coalesce(typed.status = 'deleted', false) AS deleted,
  ${COLUMNS.join(', ')}, ticket
FROM (SELECT ticket, from_json(ticket, '${SHAPE}') AS typed FROM ${source})`;
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
