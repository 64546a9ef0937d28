import type { Client } from '@temporalio/client';
import type { Status } from '../contract/status';
import { startFleet } from './fleet';

interface Server {
  readonly client: Client;
  readonly address: string;
}

/** Many backfills in one worker. */
export interface Concurrent {
  readonly accounts: number;
  readonly ticketsPerSecond: number;
  readonly peakMegabytes: number;
  readonly longestBlockMs: number;
}

/** As many tickets in all, however many accounts they belong to. */
export async function measureConcurrent(
  server: Server,
  accounts: number,
  tickets: number,
): Promise<Concurrent> {
  const each = { tickets: Math.ceil(tickets / accounts), ticketBytes: 2900 };
  const fleet = await startFleet(server, accountsOf(accounts, each));
  try {
    await fleet.worker.measure();
    const began = performance.now();
    const results = await Promise.all(
      [...fleet.accounts.keys()].map(async (subdomain) => {
        const handle = await fleet.start(subdomain, { requestsPerMinute: 1_000_000 });
        return (await handle.result()) as Status;
      }),
    );
    const seconds = (performance.now() - began) / 1000;
    const { peakMegabytes, longestBlockMs } = await fleet.worker.measure();
    const written = results.reduce((sum, result) => sum + result.tickets, 0);
    return { accounts, ticketsPerSecond: written / seconds, peakMegabytes, longestBlockMs };
  } finally {
    await fleet.close();
  }
}

/** Many exports that follow, in one worker. */
export interface Following {
  readonly accounts: number;
  readonly everySeconds: number;
  /** How late a poll was, beyond its interval from the one before. */
  readonly latestPollSeconds: number;
  readonly polls: number;
  readonly cpuSecondsPerMinute: number;
  readonly peakMegabytes: number;
}

/** @param polls of every account that are waited for */
export async function measureFollowing(
  server: Server,
  { accounts, everySeconds, polls }: { accounts: number; everySeconds: number; polls: number },
): Promise<Following> {
  const fleet = await startFleet(server, accountsOf(accounts, { tickets: 50 }));
  try {
    const handles = await Promise.all(
      [...fleet.accounts.keys()].map(async (subdomain) =>
        fleet.start(subdomain, { follow: { everySeconds } }),
      ),
    );
    const idle = await fleet.worker.measure();
    const began = performance.now();
    while ([...fleet.accounts.values()].some((account) => pollsOf(account.requests).length <= polls)) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    const minutes = (performance.now() - began) / 60_000;
    const usage = await fleet.worker.measure();
    await Promise.all(handles.map(async (handle) => handle.terminate()));
    const late = [...fleet.accounts.values()].flatMap(({ requests }) => {
      const at = pollsOf(requests);
      return at.slice(1).map((time, index) => time - (at[index] ?? time) - everySeconds);
    });
    return {
      accounts,
      everySeconds,
      polls: late.length,
      latestPollSeconds: late.reduce((latest, one) => Math.max(latest, one), 0),
      cpuSecondsPerMinute: (usage.cpuSeconds - idle.cpuSeconds) / minutes,
      peakMegabytes: usage.peakMegabytes,
    };
  } finally {
    await fleet.close();
  }
}

/** Every poll of so few tickets is one request. */
function pollsOf(requests: readonly { readonly path: string; readonly at: number }[]): number[] {
  return requests.filter(({ path }) => path.startsWith('/api/v2/incremental/tickets')).map(({ at }) => at);
}

function accountsOf<T>(accounts: number, options: T): Map<string, T> {
  return new Map(Array.from({ length: accounts }, (_, index) => [`account${index}`, options]));
}
