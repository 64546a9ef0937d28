import type { ClientBase } from 'pg';
import { isList } from '../../streams/stream';
import { STREAMS, type StreamName } from '../../streams';
import type { RecordVersion } from '../../streams/record';
import { completedBy, recordsByStream, sweptBy, type Batch, type Written } from '../destination';
import { digest } from '../../digest';
import { holdable, originalOf, type Quarantined } from '../holdable';
import { batches, joinForSqlOverwriting, textOf } from '../recordText';
import * as shared from '../sql';
import * as sql from './sql';

/** Writes a page within the transaction that `client` has open. */
export async function writeBatch(client: ClientBase, page: Batch): Promise<Written> {
  const { subdomain, rejected, released = [] } = page;
  if (released.length > 0) await client.query(sql.RELEASE, [subdomain, released]);
  const quarantined: Quarantined[] = [...rejected];
  let unstorable = 0;
  for (const [stream, records] of recordsByStream(page)) {
    const written = await writeRecords(client, subdomain, stream, records, sweptBy(page, stream));
    quarantined.push(...written.unstorable, ...written.altered);
    if (stream === page.stream) unstorable = written.unstorable.length;
  }
  await quarantine(client, page, quarantined);
  const unseen = await markUnseen(client, page, completedBy(page, unstorable));
  const written = { unstorable, swept: unseen + (await markGone(client, page)) };
  await client.query(shared.LOG_PAGE, shared.pageRow(page, written));
  return written;
}

/**
 * @param began when the sweep began that the page completes; null: it completes none
 * @returns how many records that has found to be gone
 */
async function markUnseen(
  client: ClientBase,
  { subdomain, stream }: Batch,
  began: number | null,
): Promise<number> {
  if (began === null) return 0;
  const { rowCount } = await client.query(shared.markUnseen(STREAMS[stream]), [subdomain, began]);
  return rowCount ?? 0;
}

async function markGone(client: ClientBase, page: Batch): Promise<number> {
  if (page.gone === undefined || page.gone.length === 0) return 0;
  const { rowCount } = await client.query(shared.markGone(STREAMS[page.stream]), shared.goneRows(page));
  return rowCount ?? 0;
}

/** Runs on nothing what a page runs for a stream, so that a table with another structure is found before the first page. */
export async function tryStatements(client: ClientBase, stream: StreamName): Promise<void> {
  await client.query(sql.upsertOf(stream), ['', [], [], [], '', ...sweepParameter(stream, null)]);
}

function sweepParameter(stream: StreamName, sweep: number | null): (number | null)[] {
  return isList(STREAMS[stream]) ? [sweep] : [];
}

/** Of records that have been written. */
interface Outcome {
  /** Those that PostgreSQL cannot hold. */
  readonly unstorable: readonly Quarantined[];
  /** The originals of those that lost a character. */
  readonly altered: readonly Quarantined[];
}

/**
 * By ascending id, in batches.
 * @param sweep when it began, Unix seconds; null for what is not read by a sweep
 */
async function writeRecords(
  client: ClientBase,
  subdomain: string,
  stream: StreamName,
  records: readonly RecordVersion[],
  sweep: number | null,
): Promise<Outcome> {
  const unstorable: Quarantined[] = [];
  const altered: Quarantined[] = [];
  for (const batch of batches([...records].sort(byId))) {
    const sent = batch.map((record) => ({ record, held: holdable(record.json, false) }));
    const joined = joinForSqlOverwriting(sent.map(({ held }) => held.json));
    const batchIds = idArray(batch);
    const refused = await ids(client, sql.upsertOf(stream), [
      subdomain,
      batchIds,
      array(batch.map(({ version }) => version)),
      array(batch.map(({ deleted }) => deleted)),
      joined.text,
      ...sweepParameter(stream, sweep),
    ]);
    joined.release();
    if (sweep !== null) await client.query(sql.noteSeenOf(stream), [subdomain, batchIds, sweep]);
    for (const { record, held } of sent) {
      if (refused.has(String(record.id)))
        unstorable.push({ stream, reason: 'no valid JSON for PostgreSQL', json: textOf(record.json) });
      else altered.push(...originalOf(stream, record, held));
    }
  }
  return { unstorable, altered };
}

/** As PostgreSQL reads it; `pg` would look in each element for what has to be quoted. */
function array(values: readonly (number | boolean)[]): string {
  return `{${values.join(',')}}`;
}

/** Texts are quoted by `pg`. */
function idArray(records: readonly RecordVersion[]): string | string[] {
  const numbers = records.flatMap(({ id }) => (typeof id === 'number' ? id : []));
  return numbers.length === records.length ? array(numbers) : records.map(({ id }) => String(id));
}

function byId({ id: one }: RecordVersion, { id: other }: RecordVersion): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return String(one) < String(other) ? -1 : 1;
}

async function ids(client: ClientBase, text: string, values: unknown[]): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ id: string }>(text, values);
  return new Set(rows.map(({ id }) => id));
}

async function quarantine(
  client: ClientBase,
  { subdomain, position }: Batch,
  records: readonly Quarantined[],
): Promise<void> {
  if (records.length === 0) return;
  const rows = records
    .map((record) => ({ ...record, digest: digest(record.json) }))
    .sort((one, other) => (one.digest < other.digest ? -1 : 1));
  await client.query(sql.QUARANTINE, [
    subdomain,
    position,
    rows.map((row) => row.stream),
    rows.map((row) => row.digest),
    rows.map((row) => row.reason),
    rows.map((row) => row.json),
  ]);
}
