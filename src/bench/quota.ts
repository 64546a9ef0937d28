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

/** How much of the export quota a backfill uses; all cases at the same time, since all they do is wait. */
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
        { tickets: perMinute * minutes * 100, latencyMs, quota: { perMinute } },
      ]),
    ),
  );
  try {
    return await Promise.all(
      [...cases].map(async ([subdomain, one]) => {
        const handle = await fleet.start(subdomain, { perPage: 100, ranges: one.ranges });
        const { pages } = (await handle.result()) as Status;
        const { historyLength, historySize = 0 } = await handle.describe();
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
  const windows = Math.floor((served.length - 1) / perMinute);
  const end = served[windows * perMinute] ?? began;
  return {
    used: (windows * 60) / (end - began),
    refusedAfterFirstMinute: exports.filter(({ status, at }) => status === 429 && at > began + 61).length,
  };
}
