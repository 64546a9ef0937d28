import { SEPARATOR } from '../recordText';
import type { Column, Dialect } from '../table';

const TYPES: Record<Column['type'], string> = {
  integer: 'BIGINT',
  count: 'INTEGER',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  text: 'VARCHAR',
  time: 'TIMESTAMPTZ',
  json: 'JSON',
  integers: 'BIGINT[]',
  texts: 'VARCHAR[]',
};

export const DUCKDB: Dialect = {
  typeOf: ({ type }) => TYPES[type],
  catalogTypeOf: ({ type }) => (type === 'time' ? 'TIMESTAMP WITH TIME ZONE' : TYPES[type]),
  // A fifth of the size that DuckDB's own choice comes to, and half of the work.
  long: ' USING COMPRESSION zstd',
  addsRequired: false,
};

export function duckDbType(type: Column['type']): string {
  return TYPES[type];
}

/** The records of a text that `joinForSqlOverwriting` made, a row each. @param parameter the text as a BLOB, such as `$1` */
export function recordsIn(parameter: string): string {
  return `unnest(string_split(decode(${parameter}), chr(${SEPARATOR})))`;
}
