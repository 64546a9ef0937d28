import fc from 'fast-check';
import type { QuotaSeen } from '../../src/contract/page';
import { answered, asked, FREE, freeAt, hasRoomAhead, type Pace } from '../../workflows/pace';

const T = 1_750_000_000_000;
const ALONE = { perMinute: 10, underway: 0 };

function seen(quota: Partial<QuotaSeen>): QuotaSeen {
  return { total: 10, remaining: 9, resetsInSeconds: 60, askedMsAgo: 500, answeredMsAgo: 100, ...quota };
}

/** The pace after so many requests, answered at once and without a header. */
function after(requests: number, now: number): Pace {
  let pace = FREE;
  for (let request = 0; request < requests; request += 1) pace = answered(asked(pace, now), 0, null, now);
  return pace;
}

describe('without a header', () => {
  it('an export is free until its own share of a minute is used up', () => {
    expect(freeAt(after(9, T), ALONE, T + 5)).toBe(T + 5);
    expect(freeAt(after(10, T), ALONE, T + 5)).toBeGreaterThanOrEqual(T + 60_000);
  });

  it('it asks 10 times a minute where the operator does not say', () => {
    const unsaid = { perMinute: null, underway: 0 };
    expect(freeAt(after(9, T), unsaid, T)).toBe(T);
    expect(freeAt(after(10, T), unsaid, T)).toBeGreaterThan(T);
  });

  it('a share that is no whole number is not overdrawn', () => {
    expect(freeAt(after(1, T), { perMinute: 1.5, underway: 0 }, T)).toBeGreaterThan(T);
  });

  it('attempts that failed count', () => {
    const pace = answered(asked(FREE, T), 9, null, T);
    expect(freeAt(pace, ALONE, T)).toBeGreaterThan(T);
  });
});

describe('with a header', () => {
  it('the bucket bounds, and what is under way counts as not in it yet', () => {
    const pace = answered(asked(FREE, T), 0, seen({ remaining: 2 }), T + 500);
    const bounds = { perMinute: null, underway: 1 };
    expect(freeAt(pace, bounds, T + 500)).toBe(T + 500);
    expect(freeAt(pace, { ...bounds, underway: 2 }, T + 500)).toBeGreaterThan(T + 500);
  });

  it('the operator may take less than the bucket holds', () => {
    const pace = answered(asked(FREE, T), 0, seen({ total: 30, remaining: 29 }), T + 500);
    expect(freeAt(pace, { perMinute: 1, underway: 0 }, T)).toBeGreaterThan(T);
  });

  it('the wait ends with the minute that others have begun', () => {
    const view = seen({ remaining: 0, resetsInSeconds: 41 });
    expect(freeAt(answered(asked(FREE, T), 0, view, T + 500), ALONE, T + 500)).toBe(T + 500 - 100 + 41_000);
  });

  it('an answer about a minute that is over changes nothing', () => {
    const next = asked(after(10, T), T + 61_000);
    const late = seen({ remaining: 0, resetsInSeconds: 1, askedMsAgo: 5000, answeredMsAgo: 4000 });
    expect(freeAt(answered(next, 0, late, T + 62_000), ALONE, T + 62_000)).toBe(T + 62_000);
  });

  it('a bucket of nothing is tried once a minute', () => {
    const pace = answered(asked(FREE, T), 0, seen({ total: 0, remaining: 0 }), T + 500);
    expect(freeAt(pace, ALONE, T + 61_000)).toBe(T + 61_000);
    expect(freeAt(pace, { ...ALONE, underway: 1 }, T + 61_000)).toBe(Infinity);
  });
});

it('a page is fetched ahead only where the quota is no concern', () => {
  expect(hasRoomAhead(FREE, { perMinute: 1000, underway: 0 }, T)).toBe(true);
  expect(hasRoomAhead(FREE, { perMinute: 30, underway: 0 }, T)).toBe(false);
  expect(hasRoomAhead(after(999, T), { perMinute: 1000, underway: 0 }, T)).toBe(false);
  const shown = answered(asked(FREE, T), 0, seen({ total: 10 }), T + 500);
  expect(hasRoomAhead(shown, { perMinute: 1000, underway: 0 }, T + 500)).toBe(false);
});

const reader = fc.record({
  perMinute: fc.constantFrom(1, 10, 30),
  latencyMs: fc.constantFrom(100, 500, 3000, 8000),
  /** The way to Zendesk, which the worker cannot see, and the way back to the workflow. */
  transitMs: fc.nat({ max: 120 }),
  hopMs: fc.integer({ min: 10, max: 200 }),
  readers: fc.integer({ min: 1, max: 6 }),
  /** Whether the header says when the window ends as of the request or as of the answer. */
  headerAt: fc.constantFrom('asked', 'answered'),
  header: fc.boolean(),
  began: fc.nat({ max: 59_999 }),
  aligned: fc.boolean(),
});

it('readers side by side use all of the quota and are never refused after the first minute, whatever the latency', () => {
  fc.assert(
    fc.property(reader, ({ perMinute, latencyMs, transitMs, hopMs, readers, headerAt, header, ...clock }) => {
      const quota = new Window(perMinute, clock.aligned);
      let [pace, now] = [FREE, T + clock.began];
      const flights: { readonly landsAt: number; readonly land: () => void }[] = [];
      const underway = (): number => flights.length;
      const minutes = 20;
      const end = now + minutes * 60_000;
      let [requests, refusedLater] = [0, 0];
      while (now < end) {
        const bounds = { perMinute: header ? null : perMinute, underway: underway() };
        const free = underway() < readers ? freeAt(pace, bounds, now) : Infinity;
        const landing =
          flights.length === 0 ? undefined : flights.reduce((a, b) => (b.landsAt < a.landsAt ? b : a));
        if (free <= now) {
          pace = asked(pace, now);
          requests += 1;
          const arrives = now + 20 + ((requests * 7) % 10) * (transitMs / 10);
          const grant = quota.take(arrives);
          const leaves = arrives + (grant.allowed ? latencyMs : 0);
          const endsIn = quota.endsAt - (headerAt === 'asked' ? arrives : leaves);
          if (!grant.allowed && arrives > T + clock.began + 61_000) refusedLater += 1;
          const askedAt = now + 20;
          const landsAt = leaves + transitMs + hopMs;
          flights.push({
            landsAt,
            land: () => {
              const view = {
                total: perMinute,
                remaining: grant.remaining,
                resetsInSeconds: Math.ceil(endsIn / 1000),
                askedMsAgo: landsAt - hopMs - askedAt,
                answeredMsAgo: landsAt - hopMs - leaves - transitMs,
              };
              pace = answered(pace, 0, header ? view : null, landsAt);
            },
          });
        } else if (landing !== undefined && landing.landsAt <= free) {
          now = Math.max(now, landing.landsAt);
          flights.splice(flights.indexOf(landing), 1);
          landing.land();
        } else now = free;
      }
      expect(refusedLater).toBe(0);
      // Where the readers are enough for it.
      const pageMs = latencyMs + 2 * transitMs + hopMs + 20;
      if (readers * 50_000 > perMinute * pageMs)
        expect(quota.granted).toBeGreaterThanOrEqual(perMinute * (minutes - 1) * 0.99);
    }),
    { seed: 1, numRuns: 500 },
  );
});

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
