import type { ColumnType } from '../../streams/stream';
import { tickets } from '../../streams/tickets';
import { SEPARATOR } from '../recordText';

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
export const COLUMNS = Object.entries(tickets.columns).map(([name, type]) => ({ name, type: TYPES[type] }));

/**
 * For `from_json`, which reads all of them out of a ticket in one go. A value of another type becomes NULL in its column
 * instead of failing the page.
 */
export const SHAPE: Readonly<Record<string, string | readonly string[]>> = Object.fromEntries(
  COLUMNS.map(({ name, type }) => [name, type.endsWith('[]') ? [type.slice(0, -2)] : type]),
);

/** The records of a text that `separated` made, a row each. @param parameter the text as a BLOB, such as `$1` */
export function recordsIn(parameter: string): string {
  return `unnest(string_split(decode(${parameter}), chr(${SEPARATOR})))`;
}
