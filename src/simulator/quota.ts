/** The export's rate limit (§ rate limits). */
export interface QuotaOptions {
  /** Requests allowed in one window; time and cursor exports share them. */
  readonly perMinute: number;
  /** Whether answers carry `zendesk-ratelimit-incremental-exports`; older recordings have none. Default true. */
  readonly header?: boolean | undefined;
  /** Length of the window in seconds. Default 60. */
  readonly windowSeconds?: number | undefined;
  /** Whether a 429 carries `Retry-After`. Default true. */
  readonly retryAfter?: boolean | undefined;
}

export interface Grant {
  readonly allowed: boolean;
  /** Left in this window after this request. */
  readonly remaining: number;
  /** Seconds until the window ends, rounded up. */
  readonly resets: number;
}

/** A fixed window that begins with the first request after the last one ended. */
export class Quota {
  private windowStart = -Infinity;
  private used = 0;

  constructor(readonly options: QuotaOptions) {}

  /** Takes one request, or refuses it; a refused request costs nothing. `now` is in Unix seconds. */
  take(now: number): Grant {
    const length = this.options.windowSeconds ?? 60;
    if (now >= this.windowStart + length) {
      this.windowStart = now;
      this.used = 0;
    }
    const allowed = this.used < this.options.perMinute;
    if (allowed) this.used += 1;
    const resets = Math.max(1, Math.ceil(this.windowStart + length - now));
    return { allowed, remaining: this.options.perMinute - this.used, resets };
  }
}
