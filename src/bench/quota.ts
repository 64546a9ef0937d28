import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Status } from '../contract/status';
import type { Simulator } from '../simulator';
import { startFleet } from './fleet';

/** A backfill under a quota, in real minutes. */
interface Case {
  readonly perMinute: number;
  readonly latencyMs: number;
  readonly ranges: number;
}

export interface QuotaUse extends Case {
  /** Part of the quota that was used, from the first full minute to the last. */
  readonly used: number;
  /** Of that minute and all after it. */
  readonly refusedAfterFirstMinute: number;
  readonly eventsPerPage: number;
  readonly historyBytesPerPage: number;
}

const CASES: readonly Case[] = [10, 30].flatMap((perMinute) =>
  [500, 3000, 8000].flatMap((latencyMs) => [1, 4].map((ranges) => ({ perMinute, latencyMs, ranges }))),
);

/** How much of the export quota a backfill uses in some minutes; all cases at once, since all they do is wait. */
export async function measureQuotaUse(
  server: { readonly client: Client; readonly address: string },
  minutes: number,
): Promise<QuotaUse[]> {
  const cases = new Map(CASES.map((one, index) => [`account${index}`, one]));
  const fleet = await startFleet(
    server,
    new Map(
      [...cases].map(([subdomain, { perMinute, latencyMs }]) => [
        subdomain,
        // More than can be read in that time.
        { tickets: perMinute * (minutes + 1) * 100, latencyMs, quota: { perMinute } },
      ]),
    ),
  );
  try {
    return await Promise.all(
      [...cases].map(async ([subdomain, one]) => {
        const handle = await fleet.start(subdomain, { perPage: 100, ranges: one.ranges });
        await sleep((minutes * 60 + 2) * 1000);
        const { pages } = await handle.query<Status>('status');
        const { historyLength, historySize = 0 } = await handle.describe();
        await handle.terminate();
        const simulator = fleet.accounts.get(subdomain);
        return {
          ...one,
          ...useOf(simulator?.requests ?? [], one.perMinute),
          eventsPerPage: historyLength / pages,
          historyBytesPerPage: historySize / pages,
        };
      }),
    );
  } finally {
    await fleet.close();
  }
}

/** A minute's worth of requests takes a minute at least: how much longer did all but the last take? */
function useOf(
  requests: Simulator['requests'],
  perMinute: number,
): Pick<QuotaUse, 'used' | 'refusedAfterFirstMinute'> {
  const exports = requests.filter(({ path }) => path.startsWith('/api/v2/incremental/tickets'));
  const served = exports.filter(({ status }) => status === 200).map(({ at }) => at);
  const began = served[0] ?? 0;
  // Whole minutes' worth, or less where a page takes too long for one.
  const counted = Math.floor((served.length - 1) / perMinute) * perMinute || served.length - 1;
  const end = served[counted] ?? began;
  return {
    used: ((counted / perMinute) * 60) / (end - began),
    refusedAfterFirstMinute: exports.filter(({ status, at }) => status === 429 && at > began + 61).length,
  };
}
