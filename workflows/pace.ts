import type { Quota } from '../src/contract/page';

/** The export quota is counted per minute. */
const WINDOW_MS = 60_000;

/** How much of the quota has been used. Times are epoch milliseconds of the workflow's clock. */
export interface Pace {
  /** Start of our own minute, and the requests since. */
  readonly windowStart: number;
  readonly used: number;
  /** No request before this moment. */
  readonly freeAt: number;
  /** The bucket as Zendesk showed it last. */
  readonly quota: Quota | null;
}

export const FREE: Pace = { windowStart: 0, used: 0, freeAt: 0, quota: null };

/**
 * The pace after requests have been answered.
 * @param askedAt when the first of them was allowed to start
 * @param quota from the last answer's header; without one, only our own share bounds us
 * @param perMinute our own share
 */
export function spend(
  pace: Pace,
  requests: number,
  quota: Quota | null,
  { askedAt, now, perMinute }: { readonly askedAt: number; readonly now: number; readonly perMinute: number },
): Pace {
  const sameWindow = askedAt < pace.windowStart + WINDOW_MS;
  const windowStart = sameWindow ? pace.windowStart : askedAt;
  const used = (sameWindow ? pace.used : 0) + requests;
  const ownFreeAt = used + 1 > perMinute ? windowStart + WINDOW_MS : 0;
  const quotaFreeAt = quota !== null && quota.remaining < 1 ? now + quota.resetsInSeconds * 1000 : 0;
  return { windowStart, used, freeAt: Math.max(ownFreeAt, quotaFreeAt), quota };
}

/** With a smaller quota, that and not the way from page to page is what an export waits for: none of it is wasted. */
const PREFETCH_FROM_PER_MINUTE = 60;

/** Whether a page may be asked for before it is known to be wanted, after one more request. */
export function hasRoomAhead({ used, quota }: Pick<Pace, 'used' | 'quota'>, perMinute: number): boolean {
  const own = perMinute >= PREFETCH_FROM_PER_MINUTE && used + 2 <= perMinute;
  return own && (quota === null || (quota.total >= PREFETCH_FROM_PER_MINUTE && quota.remaining >= 1));
}
