import {
  BIGINT,
  BOOLEAN,
  DuckDBDataChunk,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Page, SideloadedObject, Written } from '../destination';
import { digest } from '../digest';
import * as sql from './schema';

/** The size of a DuckDB vector: a chunk cannot hold more rows. */
const CHUNK_ROWS = 2048;

/** Writes a page within the transaction that `connection` has open. */
export async function writePage(connection: DuckDBConnection, page: Page): Promise<Written> {
  const { subdomain, key, tickets, rejected, position } = page;
  await stage(
    connection,
    'staged',
    [BIGINT, BIGINT, BOOLEAN, VARCHAR],
    [
      tickets.map((ticket) => BigInt(ticket.id)),
      tickets.map((ticket) => BigInt(ticket.generatedTimestamp)),
      tickets.map((ticket) => ticket.deleted),
      tickets.map((ticket) => ticket.json),
    ],
  );
  await stage(
    connection,
    'staged_quarantine',
    [VARCHAR, VARCHAR, VARCHAR],
    [
      rejected.map((record) => digest(record.json)),
      rejected.map((record) => record.reason),
      rejected.map((record) => record.json),
    ],
  );
  await connection.run(sql.UPSERT_TICKETS, [subdomain]);
  await connection.run(sql.QUARANTINE, [subdomain, position]);
  const counted = await connection.runAndReadAll(sql.COUNT_UNSTORABLE);
  const unstorable = Number(counted.getRows()[0]?.[0] ?? 0);
  for (const [table, objects] of page.sideloads) await writeSideload(connection, page, table, objects);
  await connection.run(sql.LOG_PAGE, [
    subdomain,
    key.exportId,
    key.epoch,
    key.page,
    position,
    tickets.length - unstorable,
    rejected.length + unstorable,
    page.first,
    page.last,
    page.checkpoint,
  ]);
  await connection.run(sql.CLEAR_STAGING);
  return { unstorable };
}

async function writeSideload(
  connection: DuckDBConnection,
  { subdomain, position }: Page,
  table: string,
  objects: readonly SideloadedObject[],
): Promise<void> {
  await stage(
    connection,
    'staged_objects',
    [BIGINT, VARCHAR],
    [objects.map((object) => BigInt(object.id)), objects.map((object) => object.json)],
  );
  await connection.run(sql.upsertSideload(table), [subdomain]);
  await connection.run(sql.QUARANTINE_OBJECTS, [subdomain, position]);
  await connection.run('DELETE FROM staged_objects');
}

async function stage(
  connection: DuckDBConnection,
  table: string,
  types: readonly DuckDBType[],
  columns: readonly (readonly DuckDBValue[])[],
): Promise<void> {
  const rows = columns[0]?.length ?? 0;
  if (rows === 0) return;
  const appender = await connection.createAppender(table, 'main', 'temp');
  try {
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const chunk = DuckDBDataChunk.create(types, Math.min(CHUNK_ROWS, rows - from));
      chunk.setColumns(columns.map((values) => values.slice(from, from + CHUNK_ROWS)));
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
}
