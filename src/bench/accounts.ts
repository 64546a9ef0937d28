import { markdownTable } from 'markdown-table';
import type { Status } from '../contract/status';
import type { Options } from './arguments';
import { alike, startFleet } from './fleet';
import type { Bench, Server } from './suite';
import { figure } from './figure';

/** Many backfills in one worker. */
interface Concurrent {
  readonly accounts: number;
  readonly ticketsPerSecond: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly longestBlockMs: number;
}

/** As many tickets in all, however many accounts they belong to. */
export async function accounts({ server, options, say }: Bench): Promise<object> {
  const rows: Concurrent[] = [];
  for (const many of [1, 10, 100]) rows.push(await measureConcurrent(server, many, options));
  say(
    markdownTable([
      ['accounts', 'tickets/s', 'CPU s', 'peak MB', 'longest block, ms'],
      ...rows.map((row) => [
        figure(row.accounts),
        figure(row.ticketsPerSecond),
        figure(row.cpuSeconds, 1),
        figure(row.peakMegabytes),
        figure(row.longestBlockMs),
      ]),
    ]),
  );
  return rows;
}

async function measureConcurrent(
  server: Server,
  many: number,
  { tickets, shapes }: Options,
): Promise<Concurrent> {
  const each = { tickets: Math.ceil(tickets / many), shapes };
  const fleet = await startFleet(server, alike(many, each));
  try {
    const idle = await fleet.worker.measure();
    const began = performance.now();
    const results = await Promise.all(
      [...fleet.accounts.keys()].map(async (subdomain) => {
        const handle = await fleet.start(subdomain, { requestsPerMinute: 1_000_000 });
        return (await handle.result()) as Status;
      }),
    );
    const seconds = (performance.now() - began) / 1000;
    const { cpuSeconds, peakMegabytes, longestBlockMs } = await fleet.worker.measure();
    const written = results.reduce((sum, result) => sum + result.tickets, 0);
    return {
      accounts: many,
      ticketsPerSecond: written / seconds,
      cpuSeconds: cpuSeconds - idle.cpuSeconds,
      peakMegabytes,
      longestBlockMs,
    };
  } finally {
    await fleet.close();
  }
}
