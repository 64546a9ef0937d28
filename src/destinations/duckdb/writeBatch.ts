import { blobValue, type DuckDBConnection } from '@duckdb/node-api';
import type { RecordVersion } from '../../streams/record';
import { completedBy, recordsByStream, sweptBy, type Batch, type Written } from '../destination';
import { digest } from '../../digest';
import { holdable, originalOf, type Holdable, type Quarantined } from '../holdable';
import { batches, joinForSqlOverwriting, textOf } from '../recordText';
import { isList } from '../../streams/stream';
import { STREAMS, TABLE_NAMES, type StreamName } from '../../streams';
import * as shared from '../sql';
import { runPrepared } from './prepared';
import * as sql from './sql';

/** Writes a page within the transaction that `connection` has open. */
export async function writeBatch(connection: DuckDBConnection, page: Batch): Promise<Written> {
  const { subdomain, rejected, position, released = [] } = page;
  for (const name of released) await runPrepared(connection, sql.RELEASE, [subdomain, name]);
  const quarantined: Quarantined[] = [...rejected];
  let unstorable = 0;
  for (const [stream, records] of recordsByStream(page)) {
    const written = await writeRecords(
      connection,
      { subdomain, stream, sweep: sweptBy(page, stream) },
      records,
    );
    quarantined.push(...written.unstorable, ...written.altered);
    if (stream === page.stream) unstorable = written.unstorable.length;
  }
  for (const { stream, reason, json } of quarantined)
    await runPrepared(connection, sql.QUARANTINE, [subdomain, stream, digest(json), reason, position, json]);
  const unseen = await markUnseen(connection, page, completedBy(page, unstorable));
  const written = { unstorable, swept: unseen + (await markGone(connection, page)) };
  await runPrepared(connection, shared.LOG_PAGE, shared.pageRow(page, written));
  return written;
}

/**
 * @param began when the sweep began that the page completes; null: it completes none
 * @returns how many records that has found to be gone
 */
async function markUnseen(
  connection: DuckDBConnection,
  { subdomain, stream }: Batch,
  began: number | null,
): Promise<number> {
  if (began === null) return 0;
  const marked = await runPrepared(connection, shared.markUnseen(STREAMS[stream]), [subdomain, began]);
  return marked.rowsChanged;
}

async function markGone(connection: DuckDBConnection, page: Batch): Promise<number> {
  if (page.gone === undefined || page.gone.length === 0) return 0;
  const marked = await runPrepared(connection, shared.markGone(STREAMS[page.stream]), shared.goneRows(page));
  return marked.rowsChanged;
}

/** Whose records are written. */
interface Of {
  readonly subdomain: string;
  readonly stream: StreamName;
  /** When it began, Unix seconds; null for what is not read by a sweep. */
  readonly sweep: number | null;
}

/** Plans or runs on nothing what a page may run, so that tables with another structure are found before the first page. */
export async function tryStatements(connection: DuckDBConnection): Promise<void> {
  // It inserts, too. Planned alone, which takes a fifth of the time: most exports write to a few of the tables.
  for (const stream of TABLE_NAMES)
    (await connection.prepare(sql.statementsOf(stream).update.plain)).destroySync();
  await runPrepared(connection, sql.QUARANTINE, ['', '', '', '', '', '']);
  await runPrepared(connection, shared.LOG_PAGE, ['', '', 0, 0, '', '', 0, 0, null, null, '']);
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
  of: Of,
  records: readonly RecordVersion[],
): Promise<Outcome> {
  const unstorable: Quarantined[] = [];
  const altered: Quarantined[] = [];
  const [plain, odd] = [records.filter((record) => !record.odd), records.filter((record) => record.odd)];
  for (const [read, some] of [
    ['plain', plain],
    ['any', odd],
  ] as const) {
    for (const batch of batches(some)) {
      const written = await writeSome(connection, of, batch, read);
      unstorable.push(...written.unstorable);
      altered.push(...written.altered);
    }
  }
  return { unstorable, altered };
}

async function writeSome(
  connection: DuckDBConnection,
  of: Of,
  records: readonly RecordVersion[],
  read: sql.Read,
): Promise<Outcome> {
  const { subdomain, stream, sweep } = of;
  const { stage, findStored, update, insert, noteSeen, findUnstorable, clear } = sql.statementsOf(stream);
  const sent = records.map((record) => ({ record, held: holdable(record.json, true) }));
  const joined = joinForSqlOverwriting(sent.map(({ held }) => held.json));
  await runPrepared(connection, stage, [
    idList(records, stream),
    listed(records.map(({ version }) => version)),
    listed(records.map(({ deleted }) => deleted)),
    blobValue(joined.text),
  ]);
  joined.release();
  const { rowsChanged: stored } = await runPrepared(connection, findStored, [subdomain]);
  if (stored > 0) await runPrepared(connection, update[read], parametersOf(of));
  const inserted =
    stored < records.length ? (await runPrepared(connection, insert[read], parametersOf(of))).rowsChanged : 0;
  if (sweep !== null) await runPrepared(connection, noteSeen, [subdomain, sweep]);
  const unstorable = stored + inserted < records.length ? await idsFrom(connection, findUnstorable) : [];
  await connection.run(clear);
  return sorted(stream, sent, new Set(unstorable));
}

async function idsFrom(connection: DuckDBConnection, query: string): Promise<string[]> {
  return (await connection.runAndReadAll(query)).getRows().map(([id]) => String(id));
}

function parametersOf({ subdomain, stream, sweep }: Of): (string | number | null)[] {
  return isList(STREAMS[stream]) ? [subdomain, sweep] : [subdomain];
}

function idList(records: readonly RecordVersion[], stream: StreamName): string {
  const ids = records.map(({ id }) => id);
  return STREAMS[stream].id.type === 'integer' ? ids.join(',') : JSON.stringify(ids);
}

interface Sent {
  readonly record: RecordVersion;
  readonly held: Holdable;
}

/** @param refused the ids of those that DuckDB cannot hold */
function sorted(stream: StreamName, sent: readonly Sent[], refused: ReadonlySet<string>): Outcome {
  const isHeld = ({ record }: Sent): boolean => !refused.has(String(record.id));
  return {
    unstorable: sent
      .filter((each) => !isHeld(each))
      .map(({ record }) => ({ stream, reason: 'no valid JSON for DuckDB', json: textOf(record.json) })),
    altered: sent.filter(isHeld).flatMap(({ record, held }) => originalOf(stream, record, held)),
  };
}

function listed(values: readonly (number | boolean)[]): string {
  return values.join(',');
}
