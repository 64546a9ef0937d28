import fc from 'fast-check';
import type { QuotaSeen } from '../../src/contract/page';
import { learnFromAnswer, countRequest, missAnswer, PACES, freeAt, type Pace } from '../../workflows/pace';

const T = 1_750_000_000_000;
const ALONE = { bucket: 'export' as const, perMinute: 10, underway: 0 };

function seen(quota: Partial<QuotaSeen>): QuotaSeen {
  return { total: 10, remaining: 9, resetsInSeconds: 60, askedMsAgo: 500, answeredMsAgo: 100, ...quota };
}

/** The pace once the first request, sent at T, has been answered half a second later. */
function first(view: QuotaSeen): Pace {
  return learnFromAnswer(countRequest(PACES.export, T), { askedAt: T, failed: 0, seen: view }, T + 500);
}

/** The pace after so many requests, answered at once and without a header. */
function after(requests: number, now: number): Pace {
  let pace = PACES.export;
  for (let request = 0; request < requests; request += 1)
    pace = learnFromAnswer(countRequest(pace, now), { askedAt: now, failed: 0, seen: null }, now);
  return pace;
}

describe('without a header', () => {
  test('an export is free until its own share of a minute is used up', () => {
    expect(freeAt(after(9, T), ALONE, T + 5)).toBe(T + 5);
    expect(freeAt(after(10, T), ALONE, T + 5)).toBeGreaterThanOrEqual(T + 60_000);
  });

  test('it asks 10 times a minute where the operator does not say', () => {
    const unsaid = { bucket: 'export' as const, perMinute: null, underway: 0 };
    expect(freeAt(after(9, T), unsaid, T)).toBe(T);
    expect(freeAt(after(10, T), unsaid, T)).toBeGreaterThan(T);
  });

  test('a share that is no whole number is not overdrawn', () => {
    expect(freeAt(after(1, T), { bucket: 'export', perMinute: 1.5, underway: 0 }, T)).toBeGreaterThan(T);
  });

  test('attempts that failed count', () => {
    const pace = learnFromAnswer(countRequest(PACES.export, T), { askedAt: T, failed: 9, seen: null }, T);
    expect(freeAt(pace, ALONE, T)).toBeGreaterThan(T);
  });
});

describe('with a header', () => {
  test('the bucket bounds, and what is under way counts as not in it yet', () => {
    const pace = first(seen({ remaining: 2 }));
    const bounds = { bucket: 'export' as const, perMinute: null, underway: 1 };
    expect(freeAt(pace, bounds, T + 500)).toBe(T + 500);
    expect(freeAt(pace, { ...bounds, underway: 2 }, T + 500)).toBeGreaterThan(T + 500);
  });

  test('the operator may take less than the bucket holds', () => {
    const pace = first(seen({ total: 30, remaining: 29 }));
    expect(freeAt(pace, { bucket: 'export', perMinute: 1, underway: 0 }, T)).toBeGreaterThan(T);
  });

  test('the wait ends with the minute that others have begun', () => {
    const view = seen({ remaining: 0, resetsInSeconds: 41 });
    expect(freeAt(first(view), ALONE, T + 500)).toBe(T + 500 - 100 + 41_000);
  });

  test('an answer about a minute that is over changes nothing', () => {
    const next = countRequest(after(10, T), T + 61_000);
    const late = seen({ remaining: 0, resetsInSeconds: 1, askedMsAgo: 5000, answeredMsAgo: 4000 });
    expect(
      freeAt(
        learnFromAnswer(next, { askedAt: T + 57_000, failed: 0, seen: late }, T + 62_000),
        ALONE,
        T + 62_000,
      ),
    ).toBe(T + 62_000);
  });

  test('a request that no worker took up until the next minute counts in that one', () => {
    const later = T + 90_000;
    const asked = countRequest(first(seen({ total: 2, remaining: 1 })), T + 500);
    const answer = { askedAt: T + 500, failed: 0, seen: seen({ total: 2, remaining: 1 }) };
    const pace = learnFromAnswer(asked, answer, later);
    const unsaid = { ...ALONE, perMinute: null };
    expect(freeAt(pace, unsaid, later)).toBe(later);
    expect(freeAt(countRequest(pace, later), { ...unsaid, underway: 1 }, later)).toBeGreaterThan(later);
  });

  test('an answer whose news took seconds is one of its own minute', () => {
    const asked = countRequest(first(seen({ total: 3, remaining: 2 })), T + 500);
    const late = seen({ total: 3, remaining: 1 });
    const pace = learnFromAnswer(asked, { askedAt: T + 500, failed: 0, seen: late }, T + 3500);
    expect(pace.used).toBe(2);
  });

  test('answers that come back in another order, seconds late, are of the minute they were given in', () => {
    let pace = countRequest(first(seen({ total: 3, remaining: 2 })), T + 500);
    pace = countRequest(pace, T + 1500);
    const last = seen({ total: 3, remaining: 0, resetsInSeconds: 59 });
    pace = learnFromAnswer(pace, { askedAt: T + 1500, failed: 0, seen: last }, T + 1600);
    const late = seen({ total: 3, remaining: 1 });
    pace = learnFromAnswer(pace, { askedAt: T + 500, failed: 0, seen: late }, T + 9000);
    expect(freeAt(pace, { ...ALONE, perMinute: null }, T + 9000)).toBeGreaterThan(T + 50_000);
  });

  test('a request whose answer was lost counts, although no header says so', () => {
    const pace = missAnswer(countRequest(first(seen({ total: 3, remaining: 2 })), T + 500));
    const unsaid = { ...ALONE, perMinute: null };
    expect(freeAt(pace, unsaid, T + 600)).toBe(T + 600);
    expect(freeAt(missAnswer(countRequest(pace, T + 600)), unsaid, T + 700)).toBeGreaterThan(T + 700);
  });

  test('a bucket of nothing is tried once a minute', () => {
    const pace = first(seen({ total: 0, remaining: 0 }));
    expect(freeAt(pace, ALONE, T + 61_000)).toBe(T + 61_000);
    expect(freeAt(pace, { ...ALONE, underway: 1 }, T + 61_000)).toBe(Infinity);
  });
});

const backfill = fc.record({
  perMinute: fc.constantFrom<number>(1, 10, 30),
  latencyMs: fc.constantFrom<number>(100, 500, 3000, 8000),
  /** The most that the way to Zendesk takes, which the worker cannot see, and the way back to the workflow. */
  transitMs: fc.nat({ max: 120 }),
  hopMs: fc.integer({ min: 10, max: 200 }),
  readers: fc.integer({ min: 1, max: 6 }),
  /** Whether the header says when the window ends as of the request or as of the answer. */
  headerAt: fc.constantFrom('asked', 'answered'),
  header: fc.boolean(),
  began: fc.nat({ max: 59_999 }),
  aligned: fc.boolean(),
});

const MINUTES = 20;

test('readers side by side use all of the quota and are never refused after the first minute, whatever the latency', () => {
  fc.assert(
    fc.property(backfill, (plan) => {
      const { granted, refused } = run(plan, 1);
      // Without a header nobody knows when a minute of the clock begins for Zendesk.
      if (plan.header || !plan.aligned) expect(refused).toBe(0);
      // Where the readers are enough for it.
      const pageMs = plan.latencyMs + 2 * plan.transitMs + plan.hopMs + 20;
      if (plan.readers * 50_000 > plan.perMinute * pageMs)
        expect(granted).toBeGreaterThanOrEqual(plan.perMinute * (MINUTES - 1) * 0.99);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('two exports of one account share what the header shows: neither starves, and each is refused once a minute at most', () => {
  fc.assert(
    fc.property(backfill, (plan) => {
      const shared = { ...plan, bucket: 'export', perMinute: 30, readers: 1, header: true, latencyMs: 500 };
      const { granted, refused, byExport } = run(shared, 2);
      expect(refused).toBeLessThanOrEqual(2 * MINUTES);
      expect(granted).toBeGreaterThanOrEqual(30 * (MINUTES - 1) * 0.98);
      for (const own of byExport) expect(own).toBeGreaterThanOrEqual(30 * (MINUTES - 1) * 0.2);
    }),
    { seed: 1, numRuns: 200 },
  );
});

/** Exports of one account, each with its own pace, that read for some minutes. */
function run(
  { perMinute, latencyMs, transitMs, hopMs, readers, headerAt, header, began, aligned }: Plan,
  exports: number,
): { granted: number; refused: number; byExport: readonly number[] } {
  const quota = new Window(perMinute, aligned);
  const agenda: { readonly at: number; readonly happen: (now: number) => void }[] = [];
  const start = T + began;
  const paces = Array.from({ length: exports }, () => PACES.export);
  const underway = paces.map(() => 0);
  const byExport = paces.map(() => 0);
  let [requests, refused] = [0, 0];

  const later = (at: number, happen: (now: number) => void): void => {
    agenda.push({ at, happen });
  };
  const go = (own: number, now: number): void => {
    const bounds = {
      bucket: 'export' as const,
      perMinute: header ? null : perMinute,
      underway: underway[own] ?? 0,
    };
    // The first page is read alone: before it, there is nothing to split.
    if (bounds.underway >= (byExport[own] === 0 ? 1 : readers)) return;
    const free = freeAt(paces[own] ?? PACES.export, bounds, now);
    if (free > now) {
      if (free < Infinity)
        later(free, (then) => {
          go(own, then);
        });
      return;
    }
    paces[own] = countRequest(paces[own] ?? PACES.export, now);
    underway[own] = bounds.underway + 1;
    send(own, now + 20, now, 0);
    go(own, now);
  };
  const send = (own: number, sent: number, askedAt: number, failed: number): void => {
    requests += 1;
    later(sent + ((requests * 7) % 10) * (transitMs / 10), (arrives) => {
      const grant = quota.take(arrives);
      if (!grant.allowed) {
        if (arrives > start + 61_000) refused += 1;
        // Retried by Temporal, when `Retry-After` says.
        send(own, arrives + Math.ceil((quota.endsAt - arrives) / 1000) * 1000, askedAt, failed + 1);
        return;
      }
      byExport[own] = (byExport[own] ?? 0) + 1;
      const leaves = arrives + latencyMs;
      const endsIn = quota.endsAt - (headerAt === 'asked' ? arrives : leaves);
      const remaining = grant.remaining;
      later(leaves + transitMs + hopMs, (lands) => {
        const seen = {
          total: perMinute,
          remaining,
          resetsInSeconds: Math.max(0, Math.ceil(endsIn / 1000)),
          askedMsAgo: lands - hopMs - sent,
          answeredMsAgo: lands - hopMs - leaves - transitMs,
        };
        paces[own] = learnFromAnswer(
          paces[own] ?? PACES.export,
          { askedAt, failed, seen: header ? seen : null },
          lands,
        );
        underway[own] = (underway[own] ?? 1) - 1;
        go(own, lands);
      });
    });
  };

  for (const own of paces.keys()) go(own, start);
  for (;;) {
    agenda.sort((a, b) => a.at - b.at);
    const next = agenda.shift();
    if (next === undefined || next.at > start + MINUTES * 60_000) break;
    next.happen(next.at);
  }
  return { granted: quota.granted, refused, byExport };
}

type Plan = typeof backfill extends fc.Arbitrary<infer Value> ? Value : never;

/** Zendesk's counter: minutes that begin with a request, or with the clock's minute. */
class Window {
  endsAt = 0;
  granted = 0;
  private used = 0;

  constructor(
    private readonly perMinute: number,
    private readonly aligned: boolean,
  ) {}

  take(now: number): { readonly allowed: boolean; readonly remaining: number } {
    if (now >= this.endsAt) {
      this.endsAt = (this.aligned ? Math.floor(now / 60_000) * 60_000 : now) + 60_000;
      this.used = 0;
    }
    const allowed = this.used < this.perMinute;
    if (allowed) {
      this.used += 1;
      this.granted += 1;
    }
    return { allowed, remaining: this.perMinute - this.used };
  }
}

describe("the account's limit, which belongs to people first", () => {
  const lists = { bucket: 'account' as const, perMinute: null, underway: 0 };
  const large = (remaining: number): Pace =>
    learnFromAnswer(
      countRequest(PACES.account, T),
      { askedAt: T, failed: 0, seen: seen({ total: 700, remaining }) },
      T + 500,
    );

  test('is asked 60 times a minute, however large it is', () => {
    expect(freeAt({ ...large(699), used: 59 }, lists, T + 1000)).toBe(T + 1000);
    expect(freeAt({ ...large(699), used: 60 }, lists, T + 1000)).toBeGreaterThan(T + 1000);
  });

  test('is left alone while less than a fifth of it remains', () => {
    expect(freeAt(large(141), lists, T + 1000)).toBe(T + 1000);
    expect(freeAt(large(140), lists, T + 1000)).toBeGreaterThan(T + 1000);
  });
});
