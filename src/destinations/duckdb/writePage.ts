import {
  BIGINT,
  BLOB,
  blobValue,
  BOOLEAN,
  DuckDBDataChunk,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Page, SideloadedObject, Written } from '../destination';
import type { RejectedTicket, TicketVersion } from '../../zendesk/ticket';
import { digest } from '../digest';
import { batches } from '../records';
import { SIDELOAD_TABLES } from '../sideloads';
import { runPrepared } from './prepared';
import * as sql from './schema';

/** The size of a DuckDB vector: a chunk cannot hold more rows. */
const CHUNK_ROWS = 2048;

/** JSON in one statement: a page of usual tickets, which takes a fraction of the memory that DuckDB may use. */
const BATCH = 4_000_000;

/** Writes a page within the transaction that `connection` has open. */
export async function writePage(connection: DuckDBConnection, page: Page): Promise<Written> {
  const { subdomain, key, tickets, rejected, position, released = [] } = page;
  for (const name of released) await runPrepared(connection, sql.RELEASE, [subdomain, name]);
  const unstorable: Quarantined[] = [];
  for (const batch of batches(tickets, BATCH))
    unstorable.push(...(await writeTickets(connection, subdomain, batch)));
  const quarantined = [...rejected, ...unstorable];
  for (const [table, objects] of page.sideloads) {
    quarantined.push(...(await writeSideload(connection, subdomain, table, objects)));
  }
  if (quarantined.length > 0) await quarantine(connection, page, quarantined);
  await runPrepared(connection, sql.LOG_PAGE, [
    subdomain,
    key.exportId,
    key.epoch,
    key.page,
    position,
    tickets.length - unstorable.length,
    rejected.length + unstorable.length,
    page.first,
    page.last,
    page.checkpoint,
  ]);
  return { unstorable: unstorable.length };
}

/** Runs on nothing what a page may run, so that tables of another shape are found out before the first one. */
export async function tryOut(connection: DuckDBConnection): Promise<void> {
  for (const statement of [sql.FIND_STORED, sql.UPDATE_TICKETS, sql.INSERT_TICKETS])
    await runPrepared(connection, statement, ['']);
  await runPrepared(connection, sql.QUARANTINE, ['', '']);
  await writePage(connection, NO_PAGE);
}

const NO_PAGE: Page = {
  subdomain: '',
  key: { exportId: '', epoch: 0, page: 0 },
  tickets: [],
  rejected: [],
  sideloads: new Map(SIDELOAD_TABLES.map((table) => [table, []])),
  position: '',
  first: null,
  last: null,
  checkpoint: '',
};

/** Returns the tickets that DuckDB cannot hold. */
async function writeTickets(
  connection: DuckDBConnection,
  subdomain: string,
  tickets: readonly TicketVersion[],
): Promise<Quarantined[]> {
  await stage(
    connection,
    'staged',
    [BIGINT, BIGINT, BOOLEAN, BLOB],
    [
      tickets.map((ticket) => BigInt(ticket.id)),
      tickets.map((ticket) => BigInt(ticket.generatedTimestamp)),
      tickets.map((ticket) => ticket.deleted),
      tickets.map((ticket) => blobValue(ticket.json)),
    ],
  );
  const { rowsChanged: stored } = await runPrepared(connection, sql.FIND_STORED, [subdomain]);
  const fresh = tickets.length - stored;
  if (stored > 0) await runPrepared(connection, sql.UPDATE_TICKETS, [subdomain]);
  const inserted =
    fresh > 0 ? (await runPrepared(connection, sql.INSERT_TICKETS, [subdomain])).rowsChanged : 0;
  // Of updates, not all need take effect: older versions do not.
  const unstorable = stored > 0 || inserted < fresh ? await take(connection, sql.TAKE_UNSTORABLE) : [];
  await connection.run('DELETE FROM staged; DELETE FROM stored');
  return unstorable;
}

/** Returns the objects that DuckDB cannot hold. */
async function writeSideload(
  connection: DuckDBConnection,
  subdomain: string,
  table: string,
  objects: readonly SideloadedObject[],
): Promise<Quarantined[]> {
  await stage(
    connection,
    'staged_objects',
    [BIGINT, VARCHAR],
    [objects.map((object) => BigInt(object.id)), objects.map((object) => object.json)],
  );
  const unstorable = await take(connection, sql.TAKE_UNSTORABLE_OBJECTS);
  await runPrepared(connection, sql.upsertSideload(table), [subdomain]);
  await connection.run('DELETE FROM staged_objects');
  return unstorable;
}

type Quarantined = Pick<RejectedTicket, 'reason' | 'json'>;

async function take(connection: DuckDBConnection, statement: string): Promise<Quarantined[]> {
  const taken = await runPrepared(connection, statement);
  return taken.getRows().map(([json]) => ({ reason: 'no valid JSON for DuckDB', json: String(json) }));
}

async function quarantine(
  connection: DuckDBConnection,
  { subdomain, position }: Page,
  records: readonly Quarantined[],
): Promise<void> {
  await stage(
    connection,
    'staged_quarantine',
    [VARCHAR, VARCHAR, VARCHAR],
    [
      records.map((record) => digest(record.json)),
      records.map((record) => record.reason),
      records.map((record) => record.json),
    ],
  );
  await runPrepared(connection, sql.QUARANTINE, [subdomain, position]);
  await connection.run('DELETE FROM staged_quarantine');
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
