import type { Quota, QuotaSeen } from '../src/contract/page';
import type { Bucket } from '../src/streams/stream';

/** The export quota is counted per minute. */
const WINDOW_MS = 60_000;

/**
 * Safety margin: latency varies, so a request sent the moment our minute ends could reach Zendesk before its minute ends.
 */
const MARGIN_MS = 150;

/** Temporal may take this long to deliver an answer. Well below a minute, so that an answer of the next minute is still recognised. */
const LONGEST_DELIVERY_MS = 30_000;

/** What an export may ask in a minute where neither the operator nor Zendesk's headers say anything else. */
const DEFAULT_PER_MINUTE: Readonly<Record<Bucket, number>> = { export: 10, users: 20, account: 60 };

/** How much of the quota has been used. Times are Unix milliseconds of the workflow's clock. */
export interface Pace {
  /** The current minute: when our first request in it was sent, when it is over at the latest, and how many we have sent. */
  readonly began: number;
  readonly endsBy: number;
  readonly used: number;
  /** The bucket as Zendesk showed it: of how many, and the least that was left in this minute. */
  readonly quota: Pick<Quota, 'total' | 'remaining'> | null;
  /** Zendesk takes no request before; 0: at any time. */
  readonly notBefore: number;
  /** An operator has resumed what counts against it: the next request, and no other, need not wait for that time either. */
  readonly atOnce?: boolean;
}

/** What bounds an export at this moment. */
export interface PaceLimits {
  readonly bucket: Bucket;
  /** The operator's share; null: whatever the headers show. */
  readonly perMinute: number | null;
  /** Requests that have not been answered yet. */
  readonly underway: number;
}

const FREE: Pace = { began: 0, endsBy: 0, used: 0, quota: null, notBefore: 0 };

export const PACES: Readonly<Record<Bucket, Pace>> = { export: FREE, users: FREE, account: FREE };

/** The pace once a request is under way. */
export function countRequest(pace: Pace, now: number): Pace {
  return now < pace.endsBy
    ? { ...pace, used: pace.used + 1, atOnce: false }
    : { ...windowFrom(now, pace), used: 1 };
}

/**
 * The pace after an answer. A minute of Zendesk's begins, at the latest, with the first request that is counted in it, and
 * so ends a minute later at the latest; `resets`, rounded up to whole seconds, may say that it ends earlier.
 * @param askedAt when the workflow asked for the page
 * @param failed attempts before the one that was answered
 * @param seen of the answer's header; null without one
 * @param expectsLate whether answers may be delivered late and in another order than Zendesk's; asked only where it matters
 */
export function learnFromAnswer(
  pace: Pace,
  {
    askedAt,
    failed,
    seen,
  }: { readonly askedAt: number; readonly failed: number; readonly seen: QuotaSeen | null },
  now: number,
  expectsLate: () => boolean = () => true,
): Pace {
  const used = pace.used + failed;
  if (seen === null) return { ...pace, used };
  const sentAt = now - seen.askedMsAgo;
  const resetsMs = seen.resetsInSeconds * 1000;
  const endsBy = now - seen.answeredMsAgo + resetsMs;
  const { total, remaining } = seen;
  // The news of it took time, so that it looks younger than it is.
  const sentBy = failed === 0 ? Math.min(askedAt, sentAt) : sentAt;
  const isLater = (sent: number): boolean => Math.max(sent, sent + resetsMs - 1000) >= pace.endsBy;
  // Or it waited for a worker. Within a minute what is left only falls, unless an earlier answer is delivered after a later one.
  const isRefilled = pace.quota !== null && remaining >= pace.quota.remaining;
  const waited = isRefilled && isLater(sentAt) && (isLater(sentAt - LONGEST_DELIVERY_MS) || !expectsLate());
  const isOfLaterWindow = isLater(sentBy) || waited;
  if (isOfLaterWindow) {
    const window = windowFrom(sentAt, { ...pace, quota: null });
    return { ...window, endsBy: Math.min(window.endsBy, endsBy), used: 1, quota: { total, remaining } };
  }
  // Answered late, about a minute that is over.
  if (sentBy < pace.began) return { ...pace, used };
  const least = Math.min(remaining, pace.quota?.remaining ?? Infinity);
  return { ...pace, endsBy: Math.min(pace.endsBy, endsBy), used, quota: { total, remaining: least } };
}

/** The pace after a request whose answer never came: Zendesk may have counted it, and what it showed before does not say so. */
export function missAnswer(pace: Pace): Pace {
  const { quota } = pace;
  return quota === null
    ? pace
    : { ...pace, quota: { ...quota, remaining: Math.max(0, quota.remaining - 1) } };
}

/** When the next request may be sent: now, at the end of the minute, or not before an answer (`Infinity`). */
export function freeAt(pace: Pace, bounds: PaceLimits, now: number): number {
  if (leftOf(pace, bounds, now) >= 1) return now;
  return now < pace.endsBy ? pace.endsBy : Infinity;
}

function leftOf(pace: Pace, bounds: PaceLimits, now: number): number {
  const { used, quota } = now < pace.endsBy ? pace : windowFrom(now, pace);
  // What is under way may be counted in what Zendesk showed, or not.
  const shown = quota === null ? Infinity : quota.remaining - keptFree(quota, bounds) - bounds.underway;
  return Math.min(ownShare(pace, bounds) - used, shown);
}

function ownShare({ quota }: Pace, { perMinute, bucket }: PaceLimits): number {
  const isKnown = quota !== null && bucket !== 'account';
  return perMinute ?? (isKnown ? Infinity : DEFAULT_PER_MINUTE[bucket]);
}

/** The account's limit belongs to people and other programs first: a fifth of it is left alone. */
function keptFree({ total }: NonNullable<Pace['quota']>, { bucket }: PaceLimits): number {
  return bucket === 'account' ? total / 5 : 0;
}

function windowFrom(now: number, { quota, notBefore }: Pace): Pace {
  const full = quota === null ? null : { ...quota, remaining: Math.max(1, quota.total) };
  return { began: now, endsBy: now + WINDOW_MS + MARGIN_MS, used: 0, quota: full, notBefore };
}
