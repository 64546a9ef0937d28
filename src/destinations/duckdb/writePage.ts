import { blobValue, type DuckDBConnection } from '@duckdb/node-api';
import type { RejectedTicket, TicketVersion } from '../../zendesk/ticket';
import type { Page, SideloadedObject, Written } from '../destination';
import { digest } from '../digest';
import { batches, freeCopy, separated, textOf, type Identified } from '../records';
import { SIDELOAD_TABLES } from '../sideloads';
import { runPrepared } from './prepared';
import * as sql from './schema';

/** Writes a page within the transaction that `connection` has open. */
export async function writePage(connection: DuckDBConnection, page: Page): Promise<Written> {
  const { subdomain, key, tickets, rejected, position, released = [] } = page;
  for (const name of released) await runPrepared(connection, sql.RELEASE, [subdomain, name]);
  const unstorable: Quarantined[] = [];
  for (const batch of batches(tickets))
    unstorable.push(...(await writeTickets(connection, subdomain, batch)));
  const quarantined = [...rejected, ...unstorable];
  for (const [table, objects] of page.sideloads) {
    quarantined.push(...(await writeSideload(connection, subdomain, table, objects)));
  }
  for (const { reason, json } of quarantined)
    await runPrepared(connection, sql.QUARANTINE, [subdomain, digest(json), reason, position, json]);
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
    page.checkpoint({ unstorable: unstorable.length }),
  ]);
  return { unstorable: unstorable.length };
}

/** Runs on nothing what a page may run, so that tables of another shape are found out before the first one. */
export async function tryOut(connection: DuckDBConnection): Promise<void> {
  const { FIND_STORED, UPDATE_TICKETS, INSERT_TICKETS } = sql;
  for (const statement of [
    FIND_STORED,
    UPDATE_TICKETS,
    INSERT_TICKETS,
    ...SIDELOAD_TABLES.map(sql.upsertSideload),
  ])
    await runPrepared(connection, statement, ['']);
  await runPrepared(connection, sql.QUARANTINE, ['', '', '', '', '']);
  await runPrepared(connection, sql.LOG_PAGE, ['', '', 0, 0, '', 0, 0, null, null, '']);
}

/** Returns the tickets that DuckDB cannot hold. */
async function writeTickets(
  connection: DuckDBConnection,
  subdomain: string,
  tickets: readonly TicketVersion[],
): Promise<Quarantined[]> {
  const records = tickets.map((ticket) => ticket.json);
  const text = separated(records);
  await runPrepared(connection, sql.STAGE, [
    listed(tickets.map((ticket) => ticket.id)),
    listed(tickets.map((ticket) => ticket.generatedTimestamp)),
    listed(tickets.map((ticket) => ticket.deleted)),
    blobValue(text),
  ]);
  freeCopy(text, records);
  const { rowsChanged: stored } = await runPrepared(connection, sql.FIND_STORED, [subdomain]);
  if (stored > 0) await runPrepared(connection, sql.UPDATE_TICKETS, [subdomain]);
  if (stored < tickets.length) await runPrepared(connection, sql.INSERT_TICKETS, [subdomain]);
  const unstorable = await amongThose(connection, sql.FIND_UNSTORABLE, tickets);
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
  if (objects.length === 0) return [];
  await runPrepared(connection, sql.STAGE_OBJECTS, [
    listed(objects.map((object) => object.id)),
    blobValue(separated(objects.map((object) => object.json))),
  ]);
  await runPrepared(connection, sql.upsertSideload(table), [subdomain]);
  const unstorable = await amongThose(connection, sql.FIND_UNSTORABLE_OBJECTS, objects);
  await connection.run('DELETE FROM staged_objects');
  return unstorable;
}

type Quarantined = Pick<RejectedTicket, 'reason' | 'json'>;

/** @param statement answers ids */
async function amongThose(
  connection: DuckDBConnection,
  statement: string,
  records: readonly Identified[],
): Promise<Quarantined[]> {
  const found = await connection.runAndReadAll(statement);
  const ids = new Set(found.getRows().map(([id]) => Number(id)));
  return records
    .filter(({ id }) => ids.has(id))
    .map(({ json }) => ({ reason: 'no valid JSON for DuckDB', json: textOf(json) }));
}

function listed(values: readonly (number | boolean)[]): string {
  return values.join(',');
}
