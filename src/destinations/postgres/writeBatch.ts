import type { ClientBase } from 'pg';
import type { Batch, Written } from '../destination';
import { digest } from '../../digest';
import { holdable, originalOf, type Quarantined } from '../holdable';
import { batches, joinForSqlOverwriting, textOf, type Identified } from '../recordText';
import { LOG_PAGE, pageRow } from '../sql';
import * as sql from './sql';

/** Writes a page within the transaction that `client` has open. */
export async function writeBatch(client: ClientBase, page: Batch): Promise<Written> {
  const { subdomain, stream, records, rejected, released = [] } = page;
  if (released.length > 0) await client.query(sql.RELEASE, [subdomain, released]);
  const quarantined: Quarantined[] = [...rejected];
  const unstorable = await upsert(
    records,
    async (batch, text) =>
      ids(client, sql.upsertOf(stream), [
        subdomain,
        array(batch.map(({ id }) => id)),
        array(batch.map(({ version }) => version)),
        array(batch.map(({ deleted }) => deleted)),
        text,
      ]),
    quarantined,
  );
  // In one order on every page, so that two of them never wait for each other's rows.
  for (const [table, objects] of [...page.sideloads].sort(([one], [other]) => (one < other ? -1 : 1))) {
    await upsert(
      objects,
      async (batch, text) =>
        ids(client, sql.upsertSideload(table), [subdomain, array(batch.map((object) => object.id)), text]),
      quarantined,
    );
  }
  await quarantine(client, page, quarantined);
  await client.query(LOG_PAGE, pageRow(page, unstorable));
  return { unstorable };
}

/**
 * Writes records by ascending id, in batches; notes those that cannot be stored, and those that lost a character.
 * @param write answers the ids that cannot be stored
 * @returns how many cannot
 */
async function upsert<T extends Identified>(
  records: readonly T[],
  write: (batch: readonly T[], text: Uint8Array) => Promise<ReadonlySet<number>>,
  quarantined: Quarantined[],
): Promise<number> {
  const before = quarantined.length;
  const altered: Quarantined[] = [];
  for (const batch of batches([...records].sort((one, other) => one.id - other.id))) {
    const sent = batch.map((record) => ({ record, held: holdable(record.json, false) }));
    const joined = joinForSqlOverwriting(sent.map(({ held }) => held.json));
    const refused = await write(batch, joined.text);
    joined.release();
    for (const { record, held } of sent) {
      if (refused.has(record.id))
        quarantined.push({ reason: 'no valid JSON for PostgreSQL', json: textOf(record.json) });
      else altered.push(...originalOf(record, held));
    }
  }
  const unstorable = quarantined.length - before;
  quarantined.push(...altered);
  return unstorable;
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
  { subdomain, stream, position }: Batch,
  records: readonly Quarantined[],
): Promise<void> {
  if (records.length === 0) return;
  const rows = records
    .map(({ reason, json }) => ({ reason, json, digest: digest(json) }))
    .sort((one, other) => (one.digest < other.digest ? -1 : 1));
  await client.query(sql.QUARANTINE, [
    subdomain,
    stream,
    position,
    rows.map((row) => row.digest),
    rows.map((row) => row.reason),
    rows.map((row) => row.json),
  ]);
}
