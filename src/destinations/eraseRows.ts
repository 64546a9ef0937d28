import { STREAMS, type StreamName } from '../streams';
import type { RecordVersion } from '../streams/record';
import type { Stream } from '../streams/stream';
import type { Batch, Destination } from './destination';
import type { ErasedPlace, Erasure } from './erasure';
import { idsIn, type Query } from './storedRecords';

/** Rows that are judged at once: of large records not too much for the memory. */
const ROWS_AT_ONCE = 200;

/** $1: subdomain, $2: the id before, $3: what the records have in their text. DuckDB and PostgreSQL both understand it. */
function findRows({ name, version, raw }: Stream): string {
  return `
SELECT id, ${version.column}, deleted, ${raw}::varchar FROM ${name}
WHERE subdomain = $1 AND id > $2::bigint AND ${raw}::varchar LIKE $3 ORDER BY id LIMIT ${ROWS_AT_ONCE}`;
}

/** $1: subdomain, $2: ids, with commas between. */
function removeRows({ name }: Stream): string {
  return `DELETE FROM ${name} WHERE subdomain = $1 AND id IN (SELECT ${idsIn('$2')})`;
}

/** $1: subdomain, $2: digests, with commas between. */
const REMOVE_QUARANTINED = `
DELETE FROM quarantine WHERE subdomain = $1 AND digest IN (SELECT unnest(string_to_array($2, ',')))`;

/** The tables of a database. A row that is blanked is written as a page writes it, so that its typed columns agree. */
export async function eraseRows(
  destination: Pick<Destination, 'write' | 'quarantined'>,
  query: Query,
  erasure: Erasure,
): Promise<readonly ErasedPlace[]> {
  const places: ErasedPlace[] = [];
  for (const name of erasure.streams) places.push(await eraseTable(destination, query, erasure, name));
  const quarantined = (await destination.quarantined()).filter(
    ({ subdomain, stream, json }) =>
      subdomain === erasure.subdomain && json.includes(erasure.needle) && erasure.isAbout(stream, json),
  );
  const digests = quarantined.map(({ digest }) => digest);
  if (digests.length > 0) await query(REMOVE_QUARANTINED, [erasure.subdomain, digests.join(',')]);
  return [...places, { place: 'quarantine', removed: digests.length, blanked: 0 }];
}

async function eraseTable(
  destination: Pick<Destination, 'write'>,
  query: Query,
  { subdomain, needle, judge }: Erasure,
  name: StreamName,
): Promise<ErasedPlace> {
  const stream: Stream = STREAMS[name];
  let [removed, blanked, last] = [0, 0, '-2'];
  for (;;) {
    const rows = await query(findRows(stream), [subdomain, last, `%${needle}%`]);
    const gone: string[] = [];
    const others: RecordVersion[] = [];
    for (const [id, version, deleted, json] of rows) {
      last = String(id);
      const left = judge(name, String(json));
      if (left === null) gone.push(last);
      else if (left !== undefined)
        others.push({
          ...{ kind: 'record', id: Number(id), version: Number(version), deleted: deleted === true },
          ...{ updatedAt: null, odd: true, json: left },
        });
    }
    if (gone.length > 0) await query(removeRows(stream), [subdomain, gone.join(',')]);
    if (others.length > 0) await destination.write(pageOf(subdomain, name, others, last));
    removed += gone.length;
    blanked += others.length;
    if (rows.length < ROWS_AT_ONCE) return { place: name, removed, blanked };
  }
}

/** In the log it is known by the last id. */
function pageOf(
  subdomain: string,
  stream: StreamName,
  records: readonly RecordVersion[],
  last: string,
): Batch {
  return {
    ...{ subdomain, stream, records, rejected: [], sideloads: new Map(), sweep: null },
    key: { exportId: `erase ${stream} ${last} ${new Date().toISOString()}`, epoch: 0, page: 1 },
    ...{ position: 'erasure', first: null, last: null },
    checkpoint: () => '{}',
  };
}
