import type { StreamName } from '../../streams';
import type { FieldColumn } from '../fieldColumns';
import { sqlName, sqlText } from '../table';

/** What a column of a view holds; `count` has 32 bits, and a time is in UTC, without time zone. */
export type CellType = 'integer' | 'count' | 'text' | 'boolean' | 'time';

export interface Cell {
  readonly type: CellType;
  /** A time is read as one with time zone. */
  readonly sql: string;
}

/** A view of one account's records, in words that differ by store. */
export interface View {
  readonly name: string;
  /** The table or view of the export's that it reads. */
  readonly base: string;
  /** Whose pages say when its rows were synced last. */
  readonly stream: StreamName;
  readonly columns: Readonly<Record<string, Cell>>;
  /** What is read in place of the base alone. */
  readonly from?: string;
  readonly where?: string;
  readonly isDistinct?: boolean;
}

/** Both stores know them by these names. */
export const TYPES: Readonly<Record<CellType, string>> = {
  integer: 'bigint',
  count: 'integer',
  text: 'text',
  boolean: 'boolean',
  time: 'timestamp',
};

/** What differs between stores. */
export interface Words {
  /** A table or view of the export's, wherever the view that reads it is. */
  readonly relation: (name: string) => string;
  /** The whole number that a text is, else NULL. */
  readonly whole: (text: string, type: 'integer' | 'count') => string;
  /** `item (place)`: a row for each place of a JSON array, from 0. */
  readonly placesOf: (json: string) => string;
  /** The rows of `tickets`, with what `fieldValue` reads. */
  readonly ticketsWithFields: string;
  readonly fieldValue: (field: FieldColumn) => string;
  /** `item (row)`: a row for each element of the JSON array that a parameter holds. */
  readonly rowsOf: (parameter: string) => string;
}

/** The query of a view; where what it reads is not there, of an empty one with the same columns. */
export function selectOf(
  view: View,
  subdomain: string,
  words: Words,
  isThere: boolean,
  more: readonly string[] = [],
): string {
  const { base, stream, columns, from, where, isDistinct } = view;
  if (!isThere) {
    const empty = Object.entries(columns).map(([name, { type }]) => nullOf(name, type));
    return `SELECT ${[...empty, nullOf('_fivetran_synced', 'time')].join(',\n')}\nWHERE false`;
  }
  const account = `subdomain = ${sqlText(subdomain)}`;
  const synced = `(SELECT max(written_at) FROM ${words.relation('export_pages')} WHERE ${account} AND stream = '${stream}')`;
  const cells = Object.entries({ ...columns, _fivetran_synced: cell('time', synced) }).map(
    ([name, { type, sql }]) => `${type === 'time' ? `(${sql} AT TIME ZONE 'UTC')` : sql} AS ${sqlName(name)}`,
  );
  return `SELECT ${isDistinct === true ? 'DISTINCT ' : ''}${[...cells, ...more].join(',\n')}
FROM ${from ?? words.relation(base)}
WHERE ${[account, where ?? 'true'].join(' AND ')}`;
}

export function cell(type: CellType, sql: string): Cell {
  return { type, sql };
}

function nullOf(name: string, type: CellType): string {
  return `CAST(NULL AS ${TYPES[type]}) AS ${sqlName(name)}`;
}
