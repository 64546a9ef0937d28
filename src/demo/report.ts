import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { Status } from '../contract/status';
import type { Simulator } from '../simulator';
import type { Source } from './source';

/**
 * Ends the demo with what the database says, and compares it with what the simulated account holds.
 * @throws Error when they differ
 */
export async function report(
  { config, simulator }: Source,
  status: Status,
  say: (text: string) => void,
): Promise<void> {
  say(`\n${status.tickets} tickets on ${status.pages} pages, ${status.requests} requests.\n`);
  const file = /^duckdb:(.*)$/.exec(config.destination)?.[1];
  if (file === undefined) return;
  await reading(file, async (connection) => {
    const rows = await connection.runAndReadAll(
      `SELECT status, count(*) AS tickets, max(to_timestamp(generated_timestamp))::VARCHAR AS newest
       FROM tickets WHERE subdomain = $1 GROUP BY status ORDER BY tickets DESC`,
      [config.account.subdomain],
    );
    say(
      `\n${table(
        rows.columnNames(),
        rows.getRowsJson().map((row) => row.map(String)),
      )}\n`,
    );
    if (simulator !== undefined) await compare(connection, simulator, say);
  });
}

async function compare(
  connection: DuckDBConnection,
  simulator: Simulator,
  say: (text: string) => void,
): Promise<void> {
  const rows = await connection.runAndReadAll('SELECT id, generated_timestamp, ticket FROM tickets');
  const stored = new Map(
    rows.getRows().map(([id, version, ticket]) => [Number(id), { version: Number(version), ticket }]),
  );
  let wrong = stored.size === rows.currentRowCount ? 0 : 1;
  const truth = simulator.truth();
  for (const [id, ticket] of truth) {
    const row = stored.get(id);
    if (row?.version !== ticket.generatedTimestamp || row.ticket !== ticket.json()) wrong += 1;
  }
  if (wrong > 0 || stored.size !== truth.size) {
    throw new Error(
      `The database differs from the account: ${stored.size} rows for ${truth.size} tickets, ${wrong} wrong.`,
    );
  }
  say(
    `\nCompared with the account: all ${truth.size} tickets are there, each once, at its newest version.\n`,
  );
}

/** The worker lets go of the file a moment after the last page. */
async function reading(file: string, work: (connection: DuckDBConnection) => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
      try {
        await work(await instance.connect());
        return;
      } finally {
        instance.closeSync();
      }
    } catch (error) {
      if (attempt === 20 || !/lock|already|configuration/i.test(String(error))) throw error;
      await sleep(250);
    }
  }
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`;
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
