import { markdownTable } from 'markdown-table';
import type { Status } from '../contract/status';
import { compareWithAccount } from '../development/compareWithAccount';
import { openDatabase } from '../development/database';
import { STREAM_NAMES } from '../streams';
import type { Source } from './source';

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
    if (simulator === undefined) return;
    const compared = await compareWithAccount(database, simulator);
    say(
      `\nCompared with the account: all ${compared} records are there, each once, at its newest version.\n`,
    );
  } finally {
    await database.close();
  }
}
