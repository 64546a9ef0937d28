import { isDeepStrictEqual } from 'node:util';
import {
  LISTS,
  SERVED,
  type Incremental,
  type ListName,
  type Simulator,
  type TrueRecord,
} from '../simulator';
import { STREAMS, type StreamName } from '../streams';
import type { Database } from './database';
import { storedId, storedJson } from './storedRecord';

type Readable = Pick<Database, 'rows'>;

/** All at once would be hundreds of megabytes. */
const AT_ONCE = 1000;

/**
 * Compares what a destination holds with what a simulated account holds, record by record.
 * @returns how many records were compared
 * @throws Error when they differ
 */
export async function compareWithAccount(database: Readable, simulator: Simulator): Promise<number> {
  let compared = 0;
  for (const stream of SERVED) compared += await compareStream(database, simulator, stream);
  for (const list of LISTS) compared += await compareList(database, simulator, list);
  return compared;
}

/** The same of one stream. */
export async function compareStream(
  database: Readable,
  simulator: Simulator,
  stream: Incremental,
): Promise<number> {
  const wrong: string[] = [];
  let records: TrueRecord[] = [];
  let size = 0;
  for (const record of simulator.newestOf(stream)) {
    size += 1;
    records.push(record);
    if (records.length < AT_ONCE) continue;
    wrong.push(...(await differing(database, simulator.subdomain, stream, records)));
    records = [];
  }
  wrong.push(...(await differing(database, simulator.subdomain, stream, records)));
  const [[rows] = []] = await database.rows(
    `SELECT count(*) FROM ${stream} WHERE subdomain = '${simulator.subdomain}'`,
  );
  if (wrong.length > 0 || Number(rows) !== size) throw difference(String(rows), size, stream, wrong);
  return size;
}

async function compareList(database: Readable, simulator: Simulator, list: ListName): Promise<number> {
  const there = [...simulator.newestOf(list)].filter(({ deleted }) => !deleted);
  const rows = await database.rows(
    `SELECT id, CAST(object AS text) FROM ${list} WHERE subdomain = '${simulator.subdomain}' AND NOT deleted`,
  );
  const stored = new Map(rows.map(([id, json]) => [String(id), JSON.parse(String(json)) as unknown]));
  const wrong = there
    .filter((record) => !isDeepStrictEqual(stored.get(storedId(record)), JSON.parse(storedJson(record))))
    .map(storedId);
  if (wrong.length > 0 || stored.size !== there.length)
    throw difference(String(stored.size), there.length, list, wrong);
  return there.length;
}

/** So many of the wrong records are named. */
const MOST_NAMED = 5;

function difference(rows: string, size: number, stream: StreamName, wrong: readonly string[]): Error {
  const named = wrong.length === 0 ? '' : `, such as ${wrong.slice(0, MOST_NAMED).join('; ')}`;
  return new Error(
    `The destination differs from the account: ${rows} rows for ${size} ${stream}, ${wrong.length} wrong${named}.`,
  );
}

/**
 * The records that are not in the database as they are in the account, each with what differs.
 * @param records by ascending id
 */
async function differing(
  database: Readable,
  subdomain: string,
  stream: StreamName,
  records: readonly TrueRecord[],
): Promise<string[]> {
  const [first, last] = [records[0]?.id ?? 0, records.at(-1)?.id ?? 0];
  const { version, raw } = STREAMS[stream];
  const rows = await database.rows(
    `SELECT id, ${version.column}, CAST(${raw} AS text) FROM ${stream}
     WHERE subdomain = '${subdomain}' AND id BETWEEN ${first} AND ${last}`,
  );
  const stored = new Map(
    rows.map(([id, version, json]) => [Number(id), { version: Number(version), json: String(json) }]),
  );
  return records.flatMap((record) => {
    const row = stored.get(record.id);
    if (row === undefined) return `${record.id} is missing`;
    if (row.version !== record.version)
      return `${record.id} has the version ${row.version}, not ${record.version}`;
    const truth = record.json();
    // PostgreSQL writes the same JSON in its own way.
    const isSame = row.json === truth || isDeepStrictEqual(JSON.parse(row.json), JSON.parse(truth));
    return isSame ? [] : `${record.id} has other JSON`;
  });
}
