import { ZendeskError } from './failure';

/** What Zendesk counts requests by: the export's quota, the account's, and that of the token endpoint. */
export type Bucket = 'export' | 'account' | 'token';

export function bucketOf({ pathname }: URL): Bucket {
  if (pathname.includes('/incremental/')) return 'export';
  return pathname.endsWith('/oauth/tokens') ? 'token' : 'account';
}

/**
 * When an account may be asked again, by bucket. A 429 holds everything that shares the bucket: another range, and an attempt
 * that Temporal hands out twice.
 */
export class Holds {
  private readonly until = new Map<Bucket, number>();

  /** @param now milliseconds, by default of a clock that nobody sets */
  constructor(private readonly now = (): number => performance.now()) {}

  hold(bucket: Bucket, seconds: number): void {
    const until = this.now() + seconds * 1000;
    this.until.set(bucket, Math.max(until, this.until.get(bucket) ?? 0));
  }

  /** @throws ZendeskError `throttled` when it is too early */
  check(bucket: Bucket): void {
    const seconds = Math.ceil(((this.until.get(bucket) ?? 0) - this.now()) / 1000);
    if (seconds <= 0) return;
    throw new ZendeskError(
      { kind: 'throttled', retryAfterSeconds: seconds },
      `Zendesk asked to wait (status 429); next attempt in ${seconds} s`,
    );
  }
}
