import { setTimeout as sleep } from 'node:timers/promises';
import { markdownTable } from 'markdown-table';
import type { Status } from '../contract/status';
import type { Simulator } from '../simulator';
import { exportRequests, startFleet } from './fleet';
import type { Bench } from './suite';
import { figure } from './figure';

/** A backfill under a quota, in real minutes. */
interface Case {
  readonly perMinute: number;
  readonly latencyMs: number;
  readonly ranges: number;
}

interface QuotaUse extends Case {
  /** Part of the quota that was used, from the first full minute to the last. */
  readonly used: number;
  /** Of that minute and all after it. */
  readonly refusedAfterFirstMinute: number;
  /** Requests whose page was not written. */
  readonly unused: number;
  readonly eventsPerPage: number;
  readonly historyBytesPerPage: number;
}

const CASES: readonly Case[] = [10, 30].flatMap((perMinute) =>
  [500, 3000, 8000].flatMap((latencyMs) => [1, 4].map((ranges) => ({ perMinute, latencyMs, ranges }))),
);

/** How much of the export quota a backfill uses in some minutes; all cases at once, since all they do is wait. */
export async function quota({ server, options: { minutes }, say }: Bench): Promise<object> {
  const cases = new Map(CASES.map((one, index) => [`account${index}`, one]));
  const fleet = await startFleet(
    server,
    new Map(
      [...cases].map(([subdomain, { perMinute, latencyMs }]) => [
        subdomain,
        // More than can be read in that time.
        { tickets: perMinute * (minutes + 2) * 100, latencyMs, quota: { perMinute } },
      ]),
    ),
  );
  try {
    const rows = await Promise.all(
      [...cases].map(async ([subdomain, one]) => {
        const handle = await fleet.start(subdomain, { perPage: 100, ranges: one.ranges });
        await untilMinuteAfter(fleet.accounts.get(subdomain)?.requests ?? [], minutes);
        const { pages, requests } = await handle.query<Status>('status');
        const { historyLength, historySize = 0 } = await handle.describe();
        await handle.terminate();
        const simulator = fleet.accounts.get(subdomain);
        return {
          ...one,
          ...quotaUse(simulator?.requests ?? [], one.perMinute),
          unused: requests - pages,
          eventsPerPage: historyLength / pages,
          historyBytesPerPage: historySize / pages,
        };
      }),
    );
    say(tableOf(rows));
    return { minutes, rows };
  } finally {
    await fleet.close();
  }
}

/** Until the first request after so many minutes since the first of all; or a minute longer, if none comes. */
async function untilMinuteAfter(requests: Simulator['requests'], minutes: number): Promise<void> {
  const isOver = (): boolean => {
    const times = exportRequests(requests).map(({ at }) => at);
    return (times.at(-1) ?? 0) - (times[0] ?? 0) >= minutes * 60;
  };
  for (let seconds = 0; seconds < (minutes + 1) * 60 && !isOver(); seconds += 1) await sleep(1000);
}

/** A minute's worth of requests takes a minute at least: how much longer did all but the last take? */
export function quotaUse(
  requests: Simulator['requests'],
  perMinute: number,
): Pick<QuotaUse, 'used' | 'refusedAfterFirstMinute'> {
  const exports = exportRequests(requests);
  // Those under way, too: what is measured is when they may be made.
  const served = exports.filter(({ status }) => status !== 429).map(({ at }) => at);
  const began = served[0] ?? 0;
  // Whole minutes' worth, or less where a page takes too long for one.
  const counted = Math.floor((served.length - 1) / perMinute) * perMinute || served.length - 1;
  const end = served[counted] ?? began;
  return {
    used: ((counted / perMinute) * 60) / (end - began),
    refusedAfterFirstMinute: exports.filter(({ status, at }) => status === 429 && at > began + 61).length,
  };
}

function tableOf(rows: readonly QuotaUse[]): string {
  return markdownTable([
    ['quota', 'page takes', 'ranges', 'used', 'refused', 'unused', 'events/page', 'history bytes/page'],
    ...rows.map((row) => [
      `${row.perMinute}/minute`,
      `${row.latencyMs / 1000} s`,
      String(row.ranges),
      `${figure(row.used * 100, 1)} %`,
      String(row.refusedAfterFirstMinute),
      String(row.unused),
      figure(row.eventsPerPage, 1),
      figure(row.historyBytesPerPage),
    ]),
  ]);
}
