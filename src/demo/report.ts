import { isDeepStrictEqual } from 'node:util';
import { markdownTable } from 'markdown-table';
import type { Status } from '../contract/status';
import type { Simulator } from '../simulator';
import { openDatabase, type Database } from '../development/database';
import type { Source } from './source';

const BY_STATUS = `
SELECT status, count(*) AS tickets, CAST(max(updated_at) AS text) AS newest
FROM tickets GROUP BY status ORDER BY tickets DESC`;

/**
 * Ends the demo with what the database says, and compares it with what the simulated account holds.
 * @throws Error when they differ
 */
export async function report(
  { account, simulator }: Source,
  status: Status,
  say: (text: string) => void,
): Promise<void> {
  say(`\n${status.tickets} tickets on ${status.pages} pages, ${status.requests} requests.\n`);
  const database = await openDatabase(account.destination.url);
  if (database === undefined) return;
  try {
    const rows = await database.rows(BY_STATUS);
    say(`\n${markdownTable([['status', 'tickets', 'newest'], ...rows.map((row) => row.map(String))])}\n`);
    if (simulator !== undefined) await compare(database, simulator, say);
  } finally {
    await database.close();
  }
}

async function compare(database: Database, simulator: Simulator, say: (text: string) => void): Promise<void> {
  const { size } = simulator;
  const [[rows] = []] = await database.rows('SELECT count(*) FROM tickets');
  let wrong = 0;
  for (let first = 1; first <= size; first += AT_ONCE) wrong += await differing(database, simulator, first);
  if (wrong > 0 || Number(rows) !== size) {
    throw new Error(
      `The database differs from the account: ${String(rows)} rows for ${size} tickets, ${wrong} wrong.`,
    );
  }
  say(`\nCompared with the account: all ${size} tickets are there, each once, at its newest version.\n`);
}

/** All at once would be hundreds of megabytes. */
const AT_ONCE = 1000;

/** How many of the tickets from an id on are not in the database as they are in the account. */
async function differing(database: Database, simulator: Simulator, first: number): Promise<number> {
  const last = Math.min(first + AT_ONCE - 1, simulator.size);
  const rows = await database.rows(
    `SELECT id, generated_timestamp, CAST(ticket AS text) FROM tickets WHERE id BETWEEN ${first} AND ${last}`,
  );
  const stored = new Map(
    rows.map(([id, version, ticket]) => [Number(id), { version: Number(version), json: String(ticket) }]),
  );
  let wrong = 0;
  for (let id = first; id <= last; id += 1) {
    const row = stored.get(id);
    const ticket = simulator.newestVersion(id);
    // PostgreSQL writes the same JSON in its own way.
    const same = isDeepStrictEqual(JSON.parse(row?.json ?? 'null'), JSON.parse(ticket.json()));
    if (row?.version !== ticket.generatedTimestamp || !same) wrong += 1;
  }
  return wrong;
}
