import type { DuckDBConnection } from '@duckdb/node-api';
import { STREAMS } from '../../streams';
import { DestinationRefused } from '../destination';
import { isReadFromRecords, nextFill } from '../fills';
import { ADVANCE_FILL, BEGIN_FILL, END_FILL, READ_FILLS } from '../sql';
import { addColumn, createTable, foreignTables, missingFrom, otherType, presentIn, tablesOf } from '../table';
import { DUCKDB } from './dialect';
import * as sql from './sql';

/** Makes what is missing of the tables, and notes which columns old rows must be filled with. */
export async function makeTables(connection: DuckDBConnection, path: string): Promise<void> {
  const wanted = tablesOf();
  const present = presentIn((await connection.runAndReadAll(sql.FIND_COLUMNS)).getRows());
  const [foreign] = foreignTables(present, wanted);
  if (foreign !== undefined)
    throw new DestinationRefused(
      `DuckDB ${path}: there is a table ${foreign.name} that the export did not make. Name another file, then resume.`,
    );
  const other = otherType(present, wanted, DUCKDB);
  if (other !== undefined)
    throw new DestinationRefused(
      `DuckDB ${path}: ${other}. Change its type, or name another file, then resume.`,
    );
  const { tables, columns } = missingFrom(present, wanted);
  if (tables.length + columns.length === 0) return;
  await connection.run('BEGIN');
  for (const table of tables) await connection.run(createTable(table, DUCKDB));
  for (const { table, column } of columns) {
    await connection.run(addColumn(table, column, DUCKDB));
    if (isReadFromRecords(table, column)) await connection.run(BEGIN_FILL, [table.name, column.name]);
  }
  await connection.run('COMMIT');
  // A log that holds changes of tables and then rows was seen to break an index when it is replayed (DuckDB 1.5.6).
  await connection.run('CHECKPOINT');
}

/**
 * Fills the next rows of the columns that were added to tables, out of the records, in a transaction of its own.
 * @returns whether rows are left
 */
export async function fillSomeRows(connection: DuckDBConnection): Promise<boolean> {
  const found = await connection.runAndReadAll(READ_FILLS);
  const fill = nextFill(
    found.getRows().map(([stream, column, subdomain, id]) => ({
      stream: String(stream),
      column: String(column),
      subdomain: String(subdomain),
      id: Number(id),
    })),
  );
  if (fill === undefined) return false;
  const { stream, columns, after } = fill;
  const key = [after.subdomain, BigInt(after.id)];
  await connection.run('BEGIN');
  const [last] = (await connection.runAndReadAll(sql.lastOfRows(STREAMS[stream]), key)).getRows();
  if (last !== undefined) await connection.run(sql.fillRows(STREAMS[stream], columns), key);
  for (const column of columns) {
    if (last === undefined) await connection.run(END_FILL, [stream, column]);
    else await connection.run(ADVANCE_FILL, [stream, column, String(last[0]), BigInt(String(last[1]))]);
  }
  await connection.run('COMMIT');
  return true;
}
