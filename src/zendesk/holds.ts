import type { Bucket as StreamBucket } from '../streams/stream';
import { ZendeskError } from './failure';

/** The limits that Zendesk counts requests against, those of tokens and of searches among them. */
export type Bucket = StreamBucket | 'token' | 'search';

/**
 * When an account may be asked again, by bucket. A 429 holds everything that shares the bucket: another range, and an attempt
 * that Temporal hands out twice.
 */
export class Holds {
  private readonly until = new Map<Bucket, number>();

  /** @param clock milliseconds; monotonic, so that setting the machine's clock does not matter */
  constructor(private readonly clock: () => number = () => performance.now()) {}

  hold(bucket: Bucket, seconds: number): void {
    const until = this.clock() + seconds * 1000;
    this.until.set(bucket, Math.max(until, this.until.get(bucket) ?? 0));
  }

  /** Zendesk has answered, so it no longer asks to wait. */
  lift(bucket: Bucket): void {
    this.until.delete(bucket);
  }

  /** @throws ZendeskError `throttled` when it is too early */
  check(bucket: Bucket): void {
    const seconds = Math.ceil(((this.until.get(bucket) ?? 0) - this.clock()) / 1000);
    if (seconds <= 0) return;
    throw new ZendeskError(
      { kind: 'throttled', retryAfterSeconds: seconds },
      `Zendesk asked to wait (status 429); next attempt in ${seconds} s`,
    );
  }
}
