import { TICKET_COLUMNS, type ColumnType } from '../../zendesk/ticketKeys';

const TYPES: Record<ColumnType, string> = {
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  text: 'VARCHAR',
  time: 'TIMESTAMPTZ',
  json: 'JSON',
  integers: 'BIGINT[]',
  texts: 'VARCHAR[]',
};

/** The typed columns of a ticket, with DuckDB's types. */
export const COLUMNS = Object.entries(TICKET_COLUMNS).map(([name, type]) => ({ name, type: TYPES[type] }));

/**
 * For `from_json`, which reads all of them out of a ticket in one go. A value of another type becomes NULL in its column
 * instead of failing the page.
 */
export const SHAPE: Readonly<Record<string, string | readonly string[]>> = Object.fromEntries(
  COLUMNS.map(({ name, type }) => [name, type.endsWith('[]') ? [type.slice(0, -2)] : type]),
);
