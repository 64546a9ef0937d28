import { setTimeout as sleep } from 'node:timers/promises';
import { markdownTable } from 'markdown-table';
import { alike, exportRequests, startFleet } from './fleet';
import type { Bench } from './suite';
import { figure } from './figure';

/** Many exports that follow, in one worker. */
interface Following {
  readonly accounts: number;
  readonly everySeconds: number;
  readonly polls: number;
  /** How late a poll was, beyond its interval from the one before. */
  readonly latestPollSeconds: number;
  readonly cpuSecondsPerMinute: number;
  readonly peakMegabytes: number;
  readonly longestBlockMs: number;
}

/** Until every one of them has polled as often as `--polls` says. */
export async function followers({ server, options, say }: Bench): Promise<object> {
  const { accounts, every: everySeconds, polls } = options;
  const fleet = await startFleet(server, alike(accounts, { tickets: 50 }));
  try {
    const handles = await Promise.all(
      [...fleet.accounts.keys()].map(async (subdomain) =>
        fleet.start(subdomain, { follow: { everySeconds } }),
      ),
    );
    const idle = await fleet.worker.measure();
    const began = performance.now();
    // Every poll of so few tickets is one request.
    const polled = (): number[][] =>
      [...fleet.accounts.values()].map(({ requests }) => exportRequests(requests).map(({ at }) => at));
    while (polled().some((times) => times.length <= polls)) await sleep(1000);
    const minutes = (performance.now() - began) / 60_000;
    const usage = await fleet.worker.measure();
    await Promise.all(handles.map(async (handle) => handle.terminate()));
    const late = polled().flatMap((times) => latenessOf(times, everySeconds));
    const row: Following = {
      accounts,
      everySeconds,
      polls: late.length,
      latestPollSeconds: late.reduce((latest, one) => Math.max(latest, one), 0),
      cpuSecondsPerMinute: (usage.cpuSeconds - idle.cpuSeconds) / minutes,
      peakMegabytes: usage.peakMegabytes,
      longestBlockMs: usage.longestBlockMs,
    };
    say(tableOf(row));
    return row;
  } finally {
    await fleet.close();
  }
}

function latenessOf(times: readonly number[], everySeconds: number): number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? time) - everySeconds);
}

function tableOf(row: Following): string {
  return markdownTable([
    ['accounts', 'every, s', 'polls', 'latest, s', 'CPU s/minute', 'peak MB', 'longest block, ms'],
    [
      figure(row.accounts),
      figure(row.everySeconds),
      figure(row.polls),
      figure(row.latestPollSeconds, 1),
      figure(row.cpuSecondsPerMinute, 1),
      figure(row.peakMegabytes),
      figure(row.longestBlockMs),
    ],
  ]);
}
