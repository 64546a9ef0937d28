import { isDeepStrictEqual } from 'node:util';
import { markdownTable } from 'markdown-table';
import type { Status } from '../contract/status';
import { LISTS, SERVED, type ListName, type Simulator, type TrueRecord } from '../simulator';
import { STREAMS, STREAM_NAMES, type StreamName } from '../streams';
import { openDatabase, type Database } from '../development/database';
import type { Source } from './source';
import { storedId, storedJson } from './storedRecord';

/**
 * Ends the demo with what the database holds of each stream, and compares it with what the simulated account holds.
 * @throws Error when they differ
 */
export async function report(
  { account, simulator }: Source,
  status: Status,
  say: (text: string) => void,
): Promise<void> {
  say(`\n${status.records} records on ${status.pages} pages, ${status.requests} requests.\n`);
  const database = await openDatabase(account.destination.url);
  if (database === undefined) return;
  try {
    const rows: string[][] = [];
    for (const table of STREAM_NAMES) {
      const [[all, deleted] = []] = await database.rows(
        `SELECT count(*), count(*) FILTER (WHERE deleted) FROM ${table}`,
      );
      rows.push([table, String(all), String(deleted)]);
    }
    say(`\n${markdownTable([['table', 'rows', 'deleted'], ...rows])}\n`);
    if (simulator !== undefined) await compare(database, simulator, say);
  } finally {
    await database.close();
  }
}

async function compare(database: Database, simulator: Simulator, say: (text: string) => void): Promise<void> {
  let compared = 0;
  for (const stream of SERVED) {
    let [wrong, records]: [number, TrueRecord[]] = [0, []];
    let size = 0;
    for (const record of simulator.newestOf(stream)) {
      size += 1;
      records.push(record);
      // All at once would be hundreds of megabytes.
      if (records.length < 1000) continue;
      wrong += await differing(database, stream, records);
      records = [];
    }
    wrong += await differing(database, stream, records);
    const [[rows] = []] = await database.rows(`SELECT count(*) FROM ${stream}`);
    if (wrong > 0 || Number(rows) !== size)
      throw new Error(
        `The database differs from the account: ${String(rows)} rows for ${size} ${stream}, ${wrong} wrong.`,
      );
    compared += size;
  }
  for (const list of LISTS) compared += await compareList(database, simulator, list);
  say(`\nCompared with the account: all ${compared} records are there, each once, at its newest version.\n`);
}

/**
 * @returns how many records it has
 * @throws Error when the database holds another list
 */
async function compareList(database: Database, simulator: Simulator, list: ListName): Promise<number> {
  const there = [...simulator.newestOf(list)].filter(({ deleted }) => !deleted);
  const rows = await database.rows(`SELECT id, CAST(object AS text) FROM ${list} WHERE NOT deleted`);
  const stored = new Map(rows.map(([id, json]) => [String(id), JSON.parse(String(json)) as unknown]));
  const wrong = there.filter(
    (record) => !isDeepStrictEqual(stored.get(storedId(record)), JSON.parse(storedJson(record))),
  ).length;
  if (wrong > 0 || stored.size !== there.length)
    throw new Error(
      `The database differs from the account: ${stored.size} rows for ${there.length} ${list}, ${wrong} wrong.`,
    );
  return there.length;
}

/**
 * How many records are not in the database as they are in the account.
 * @param records by ascending id
 */
async function differing(
  database: Database,
  stream: StreamName,
  records: readonly TrueRecord[],
): Promise<number> {
  const [first, last] = [records[0]?.id ?? 0, records.at(-1)?.id ?? 0];
  const { version, raw } = STREAMS[stream];
  const rows = await database.rows(
    `SELECT id, ${version.column}, CAST(${raw} AS text) FROM ${stream} WHERE id BETWEEN ${first} AND ${last}`,
  );
  const stored = new Map(
    rows.map(([id, version, json]) => [Number(id), { version: Number(version), json: String(json) }]),
  );
  return records.filter((record) => {
    const row = stored.get(record.id);
    // PostgreSQL writes the same JSON in its own way.
    const same = isDeepStrictEqual(JSON.parse(row?.json ?? 'null'), JSON.parse(record.json()));
    return row?.version !== record.version || !same;
  }).length;
}
