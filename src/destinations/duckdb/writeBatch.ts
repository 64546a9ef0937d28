import { blobValue, type DuckDBConnection } from '@duckdb/node-api';
import type { RecordVersion } from '../../streams/record';
import type { Batch, SideloadedObject, Written } from '../destination';
import { digest } from '../../digest';
import { holdable, originalOf, type Holdable, type Quarantined } from '../holdable';
import { batches, joinForSqlOverwriting, textOf, type Identified } from '../recordText';
import { STREAMS, STREAM_NAMES } from '../../streams';
import { sideloadTables } from '../../streams/stream';
import { LOG_PAGE, pageRow } from '../sql';
import { runPrepared } from './prepared';
import * as sql from './sql';

/** Writes a page within the transaction that `connection` has open. */
export async function writeBatch(connection: DuckDBConnection, page: Batch): Promise<Written> {
  const { subdomain, stream, records, rejected, position, released = [] } = page;
  for (const name of released) await runPrepared(connection, sql.RELEASE, [subdomain, name]);
  const unstorable: Quarantined[] = [];
  const altered: Quarantined[] = [];
  const [plain, odd] = [records.filter((record) => !record.odd), records.filter((record) => record.odd)];
  for (const [read, some] of [
    ['plain', plain],
    ['any', odd],
  ] as const) {
    for (const batch of batches(some)) {
      const written = await writeRecords(connection, page, batch, read);
      unstorable.push(...written.unstorable);
      altered.push(...written.altered);
    }
  }
  const quarantined = [...rejected, ...unstorable, ...altered];
  for (const [table, objects] of page.sideloads) {
    const written = await writeSideload(connection, subdomain, table, objects);
    quarantined.push(...written.unstorable, ...written.altered);
  }
  for (const { reason, json } of quarantined)
    await runPrepared(connection, sql.QUARANTINE, [subdomain, stream, digest(json), reason, position, json]);
  await runPrepared(connection, LOG_PAGE, pageRow(page, unstorable.length));
  return { unstorable: unstorable.length };
}

/** Runs on nothing what a page may run, so that tables of another shape are found out before the first one. */
export async function tryOut(connection: DuckDBConnection): Promise<void> {
  for (const stream of STREAM_NAMES) {
    const { findStored, update, insert } = sql.statementsOf(stream);
    const sideloads = sideloadTables(STREAMS[stream]).map(sql.upsertSideload);
    for (const statement of [findStored, update.plain, insert.plain, ...sideloads])
      await runPrepared(connection, statement, ['']);
  }
  await runPrepared(connection, sql.QUARANTINE, ['', '', '', '', '', '']);
  await runPrepared(connection, LOG_PAGE, ['', '', 0, 0, '', '', 0, 0, null, null, '']);
}

/** Of records that have been written. */
interface Outcome {
  /** Those that DuckDB cannot hold. */
  readonly unstorable: readonly Quarantined[];
  /** The originals of those that lost a character. */
  readonly altered: readonly Quarantined[];
}

async function writeRecords(
  connection: DuckDBConnection,
  { subdomain, stream }: Batch,
  records: readonly RecordVersion[],
  read: sql.Read,
): Promise<Outcome> {
  const { findStored, update, insert } = sql.statementsOf(stream);
  const sent = records.map(send);
  const joined = joinForSqlOverwriting(sent.map(({ held }) => held.json));
  await runPrepared(connection, sql.STAGE, [
    listed(records.map(({ id }) => id)),
    listed(records.map(({ version }) => version)),
    listed(records.map(({ deleted }) => deleted)),
    blobValue(joined.text),
  ]);
  joined.release();
  const { rowsChanged: stored } = await runPrepared(connection, findStored, [subdomain]);
  if (stored > 0) await runPrepared(connection, update[read], [subdomain]);
  if (stored < records.length) await runPrepared(connection, insert[read], [subdomain]);
  const found = await sorted(connection, sql.FIND_UNSTORABLE, sent);
  await connection.run('DELETE FROM staged; DELETE FROM stored');
  return found;
}

async function writeSideload(
  connection: DuckDBConnection,
  subdomain: string,
  table: string,
  objects: readonly SideloadedObject[],
): Promise<Outcome> {
  if (objects.length === 0) return { unstorable: [], altered: [] };
  const sent = objects.map(send);
  await runPrepared(connection, sql.STAGE_OBJECTS, [
    listed(objects.map((object) => object.id)),
    blobValue(joinForSqlOverwriting(sent.map(({ held }) => held.json)).text),
  ]);
  await runPrepared(connection, sql.upsertSideload(table), [subdomain]);
  const found = await sorted(connection, sql.FIND_UNSTORABLE_OBJECTS, sent);
  await connection.run('DELETE FROM staged_objects');
  return found;
}

interface Sent {
  readonly record: Identified;
  readonly held: Holdable;
}

function send(record: Identified): Sent {
  return { record, held: holdable(record.json, true) };
}

/** @param statement answers the ids of those that DuckDB cannot hold */
async function sorted(
  connection: DuckDBConnection,
  statement: string,
  sent: readonly Sent[],
): Promise<Outcome> {
  const found = await connection.runAndReadAll(statement);
  const ids = new Set(found.getRows().map(([id]) => Number(id)));
  const isHeld = ({ record }: Sent): boolean => !ids.has(record.id);
  return {
    unstorable: sent
      .filter((each) => !isHeld(each))
      .map(({ record }) => ({ reason: 'no valid JSON for DuckDB', json: textOf(record.json) })),
    altered: sent.filter(isHeld).flatMap(({ record, held }) => originalOf(record, held)),
  };
}

function listed(values: readonly (number | boolean)[]): string {
  return values.join(',');
}
