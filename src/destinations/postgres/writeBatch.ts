import type { ClientBase } from 'pg';
import type { StreamName } from '../../streams';
import type { RecordVersion } from '../../streams/record';
import { recordsByStream, type Batch, type Written } from '../destination';
import { digest } from '../../digest';
import { holdable, originalOf, type Quarantined } from '../holdable';
import { batches, joinForSqlOverwriting, textOf } from '../recordText';
import { LOG_PAGE, pageRow } from '../sql';
import * as sql from './sql';

/** Writes a page within the transaction that `client` has open. */
export async function writeBatch(client: ClientBase, page: Batch): Promise<Written> {
  const { subdomain, rejected, released = [] } = page;
  if (released.length > 0) await client.query(sql.RELEASE, [subdomain, released]);
  const quarantined: Quarantined[] = [...rejected];
  let unstorable = 0;
  for (const [stream, records] of recordsByStream(page)) {
    const written = await writeRecords(client, subdomain, stream, records);
    quarantined.push(...written.unstorable, ...written.altered);
    if (stream === page.stream) unstorable = written.unstorable.length;
  }
  await quarantine(client, page, quarantined);
  await client.query(LOG_PAGE, pageRow(page, unstorable));
  return { unstorable };
}

/** Of records that have been written. */
interface Outcome {
  /** Those that PostgreSQL cannot hold. */
  readonly unstorable: readonly Quarantined[];
  /** The originals of those that lost a character. */
  readonly altered: readonly Quarantined[];
}

/** By ascending id, in batches. */
async function writeRecords(
  client: ClientBase,
  subdomain: string,
  stream: StreamName,
  records: readonly RecordVersion[],
): Promise<Outcome> {
  const unstorable: Quarantined[] = [];
  const altered: Quarantined[] = [];
  for (const batch of batches([...records].sort((one, other) => one.id - other.id))) {
    const sent = batch.map((record) => ({ record, held: holdable(record.json, false) }));
    const joined = joinForSqlOverwriting(sent.map(({ held }) => held.json));
    const refused = await ids(client, sql.upsertOf(stream), [
      subdomain,
      array(batch.map(({ id }) => id)),
      array(batch.map(({ version }) => version)),
      array(batch.map(({ deleted }) => deleted)),
      joined.text,
    ]);
    joined.release();
    for (const { record, held } of sent) {
      if (refused.has(record.id))
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

async function ids(client: ClientBase, text: string, values: unknown[]): Promise<ReadonlySet<number>> {
  const { rows } = await client.query<{ id: string }>(text, values);
  return new Set(rows.map((row) => Number(row.id)));
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
