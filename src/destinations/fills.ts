import { STREAMS, TABLE_NAMES, type StreamName } from '../streams';
import type { Column, Table } from './table';

/** Columns of a stream's table that old rows have no values in yet, because they were added later. */
interface Fill {
  readonly stream: StreamName;
  readonly columns: readonly string[];
  /** The last row that has them, by the table's key. */
  readonly after: RowKey;
}

interface RowKey {
  readonly subdomain: string;
  readonly id: number;
}

/** Rows of one transaction: readers and other writers wait for no more. */
export const ROWS_AT_ONCE = 5000;

/** A page waits for so many, so that old rows are filled while the export continues. */
export const TRANSACTIONS_PER_PAGE = 4;

interface FillRow extends RowKey {
  readonly stream: string;
  readonly column: string;
}

/** Whether a column's values are in the records, so that old rows can be filled with them. */
export function isReadFromRecords(table: Table, column: Column): boolean {
  const stream = Object.values(STREAMS).find(({ name }) => name === table.name);
  // Rows with a text for an id are those of a list, and its next sweep writes them again.
  return stream?.id.type === 'integer' && Object.hasOwn(stream.columns, column.name);
}

/** The next rows to fill: columns that have come equally far, together. Undefined when none is left. */
export function nextFill(rows: readonly FillRow[]): Fill | undefined {
  const stream = TABLE_NAMES.find((name) => rows.some((row) => row.stream === name));
  const first = rows.find((row) => row.stream === stream);
  if (stream === undefined || first === undefined) return undefined;
  const { subdomain, id } = first;
  const alike = rows.filter((row) => row.stream === stream && row.subdomain === subdomain && row.id === id);
  return { stream, columns: alike.map(({ column }) => column), after: { subdomain, id } };
}
