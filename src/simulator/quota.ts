/** The export's rate limit (§ rate limits). */
export interface QuotaOptions {
  /** Requests allowed in one window; all exports share them, but for the cursor export of users. */
  readonly perMinute: number;
  /** Requests that the cursor export of users may make in one window. Default 20. */
  readonly usersPerMinute?: number | undefined;
  /** Whether answers carry `zendesk-ratelimit-incremental-exports`; older recordings have none. Default true. */
  readonly header?: boolean | undefined;
  /** Length of the window in seconds. Default 60. */
  readonly windowSeconds?: number | undefined;
  /** Whether a 429 carries `Retry-After`. Default true. */
  readonly retryAfter?: boolean | undefined;
}

const USERS_PER_MINUTE = 20;

export interface Grant {
  readonly allowed: boolean;
  /** Left in this window after this request. */
  readonly remaining: number;
  /** Seconds until the window ends, rounded up. */
  readonly resets: number;
}

/** The limits of an account's exports, each with the header that shows it. */
export function exportQuotas(options: QuotaOptions): Readonly<Record<'export' | 'users', Quota>> {
  const { usersPerMinute = USERS_PER_MINUTE } = options;
  return {
    export: new Quota(options, 'zendesk-ratelimit-incremental-exports'),
    users: new Quota(
      { ...options, perMinute: usersPerMinute },
      'zendesk-ratelimit-incremental-exports-cursor',
    ),
  };
}

/** A fixed window that begins with the first request after the last one ended. */
export class Quota {
  private windowStart = -Infinity;
  private used = 0;

  /** @param others how many requests others make in a window, at its beginning */
  constructor(
    readonly options: QuotaOptions,
    readonly header: string,
    private readonly others = 0,
  ) {}

  /** Takes one request, or refuses it; a refused request costs nothing. `now` is in Unix seconds. */
  take(now: number): Grant {
    if (now >= this.windowStart + this.length) {
      this.windowStart = now;
      this.used = this.others;
    }
    const allowed = this.used < this.options.perMinute;
    if (allowed) this.used += 1;
    return { allowed, ...this.look(now) };
  }

  /** What is left. */
  look(now: number): Omit<Grant, 'allowed'> {
    const isOver = now >= this.windowStart + this.length;
    return {
      remaining: Math.max(0, this.options.perMinute - (isOver ? this.others : this.used)),
      resets: isOver ? this.length : Math.max(1, Math.ceil(this.windowStart + this.length - now)),
    };
  }

  private get length(): number {
    return this.options.windowSeconds ?? 60;
  }
}

const ACCOUNT_PER_MINUTE = 700;

/** The limit of everything but exports, which every answer shows (§ rate limits). */
export class AccountLimit {
  private readonly quota: Quota;

  /** @param others requests a minute that people and other programs make */
  constructor(
    private readonly perMinute = ACCOUNT_PER_MINUTE,
    others = 0,
  ) {
    this.quota = new Quota({ perMinute }, '', others);
  }

  /** Whether a request is allowed, which it counts as. */
  take(now: number): boolean {
    return this.quota.take(now).allowed;
  }

  /** Seconds until the window ends. */
  resets(now: number): number {
    return this.quota.look(now).resets;
  }

  headers(now: number): Record<string, string> {
    const { remaining, resets } = this.quota.look(now);
    return {
      'x-rate-limit': String(this.perMinute),
      'x-rate-limit-remaining': String(remaining),
      'ratelimit-limit': String(this.perMinute),
      'ratelimit-remaining': String(remaining),
      'ratelimit-reset': String(resets),
    };
  }
}
