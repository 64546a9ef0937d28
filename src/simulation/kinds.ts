import fc from 'fast-check';
import { LISTS } from '../simulator';
import type { Fate } from './attempt';
import type { Interruption } from './drive';
import { OTHERS, type Happening, type History, type Read, type What } from './history';
import * as plan from './plan';
import type { StoreName } from './stores';
import type { Trouble } from './troubled';

const LAST_MOMENT = 150;
const draw = fc.nat({ max: 999 }).map((number) => number / 1000);

const records: fc.Arbitrary<What> = fc.record({
  kind: fc.constant('records'),
  how: fc.constantFrom('change', 'quietly', 'remove', 'restore', 'add'),
  stream: fc.nat({ max: 99 }),
  draw,
});
const operator = fc.record<Extract<What, { kind: 'operator' }>>({
  kind: fc.constant('operator'),
  how: fc.constantFrom('pause', 'resume', 'reset', 'resetBack', 'remove', 'add'),
  stream: fc.nat({ max: 99 }),
  seconds: fc.constantFrom(1, 20, 1000),
  byCursor: fc.boolean(),
  page: fc.constantFrom<(Interruption['page'] | null)[]>(null, 'lands', 'lost', 'aborted'),
});
/** Of a page that is written, while its result is lost. */
const losses = operator.map((what): What => ({ ...what, how: 'pause', page: 'lost' }));
const tickets: fc.Arbitrary<What> = fc.record({ kind: fc.constant('tickets'), change: plan.change });
const gap: fc.Arbitrary<What> = fc.record({
  kind: fc.constant('tickets'),
  change: fc.record({
    kind: fc.constantFrom('time', 'outage'),
    seconds: fc.constantFrom(90, 600, 3600, 86_400),
  }),
});
const passing: fc.Arbitrary<What> = fc.record({
  kind: fc.constant('tickets'),
  change: fc.record({ kind: fc.constant('time'), seconds: fc.constantFrom(30, 61, 300) }),
});
/** Zendesk gives 10 or 30 a minute, of which others may use most. */
const QUOTAS = [2, 3, 5, 10, 30] as const;

const SLOW_QUOTA = 5;

const quota: fc.Arbitrary<What> = fc.record({
  kind: fc.constant('quota'),
  perMinute: fc.constantFrom(...QUOTAS),
});
const jump: fc.Arbitrary<What> = fc.record({
  kind: fc.constant('jump'),
  seconds: fc.constantFrom(-90, -5, 5, 90),
});

function happeningsOf(what: fc.Arbitrary<What>, maxLength: number): fc.Arbitrary<Happening[]> {
  return fc.array(
    fc.tuple(fc.nat({ max: LAST_MOMENT }), what).map(([at, one]) => ({ at, ...one })),
    { maxLength },
  );
}

function together(...lists: readonly fc.Arbitrary<Happening[]>[]): fc.Arbitrary<readonly Happening[]> {
  return fc.tuple(...lists).map((all) => all.flat());
}

const anyStreams: fc.Arbitrary<readonly Read[]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<readonly Read[]>(['tickets']) },
  {
    weight: 2,
    arbitrary: fc
      .subarray<Read>([...OTHERS], { minLength: 1, maxLength: 3 })
      .map((others): readonly Read[] => ['tickets', ...others]),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom<Read>('tickets', 'users'),
        fc.subarray<Read>([...LISTS], { minLength: 1, maxLength: 4 }),
      )
      .map(([first, lists]): readonly Read[] => [first, ...lists]),
  },
);

/** Of changes alone, each in the order of its versions: several ranges of them are read side by side, and all of them can be counted. */
const inOrder: fc.Arbitrary<readonly Read[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<readonly Read[]>(['tickets']) },
  {
    weight: 1,
    arbitrary: fc.subarray<Read>(['tickets', 'users', 'organizations', 'ticket_events'], {
      minLength: 1,
      maxLength: 3,
    }),
  },
);

/** How often a store is taken, of a thousand histories: those on disk take many times as long. */
const SHARES: Readonly<Record<StoreName, number>> = {
  memory: 930,
  duckdb: 30,
  ndjson: 20,
  parquet: 20,
  postgres: 0,
};
const POSTGRES_SHARE = 30;

function anyStore(hasPostgres: boolean): fc.Arbitrary<StoreName> {
  const shares = { ...SHARES, postgres: hasPostgres ? POSTGRES_SHARE : 0 };
  const names = Object.entries(shares).filter(([, weight]) => weight > 0);
  return fc.oneof(...names.map(([name, weight]) => ({ weight, arbitrary: fc.constant(name as StoreName) })));
}

const common = {
  // Large and compressed pages take long, and change no decision.
  account: plan.accountPlan.map((account) => ({ ...account, gzip: account.seed % 8 === 0 })),
  pagination: plan.pagination,
  perPage: plan.perPage,
  ranges: fc.constantFrom(1, 1, 2, 4),
  landings: fc.array(fc.nat({ max: 99 }), { maxLength: 30 }),
  lateness: fc.nat({ max: 3 }),
  continues: fc.oneof(
    fc.constantFrom('idle' as const, 'never' as const),
    fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 3 }),
  ),
};

const troubles = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<Trouble>('none') },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Trouble>('failsBefore', 'failsAfter', 'half', 'full', 'locked', 'late'),
    },
  ),
  { maxLength: 20 },
);

const nothing = <T>(): fc.Arbitrary<readonly T[]> => fc.constant<readonly T[]>([]);

/** A history in which nothing goes wrong. */
const harmless = {
  ends: nothing<number>(),
  eager: fc.constant(false),
  quota: fc.constant(null),
  faults: nothing<plan.FaultPlan>(),
  fates: nothing<Fate>(),
  troubles: nothing<Trouble>(),
  odd: fc.constant(0),
};

/** Whatever can go wrong does. */
function troubled(store: fc.Arbitrary<StoreName>): fc.Arbitrary<History> {
  return fc.record({
    ...common,
    store,
    streams: anyStreams,
    follow: fc.boolean(),
    turns: fc.integer({ min: 8, max: 30 }),
    ...harmless,
    quota: fc.option(fc.constantFrom(...QUOTAS), { nil: null, freq: 2 }),
    faults: plan.faultPlans,
    fates: plan.sleepyFatePlan,
    troubles,
    odd: fc.constantFrom(0, 0, 0, 5),
    happenings: together(
      happeningsOf(tickets, 12),
      happeningsOf(records, 10),
      happeningsOf(operator, 5),
      happeningsOf(gap, 2),
      happeningsOf(quota, 2),
      happeningsOf(jump, 2),
    ),
  });
}

/** Lists, swept again and again, while what they hold comes and goes and operators begin them again. */
function swept(store: fc.Arbitrary<StoreName>): fc.Arbitrary<History> {
  return fc.record({
    ...common,
    account: common.account.map((account) => ({ ...account, tickets: account.tickets % 5, bursts: [] })),
    store,
    streams: fc.subarray<Read>([...LISTS], { minLength: 1, maxLength: 2 }),
    perPage: fc.integer({ min: 1, max: 8 }),
    follow: fc.boolean(),
    turns: fc.integer({ min: 20, max: 60 }),
    ...harmless,
    faults: fc.oneof({ weight: 2, arbitrary: nothing<plan.FaultPlan>() }, plan.faultPlans),
    fates: fc.oneof({ weight: 2, arbitrary: nothing<Fate>() }, plan.sleepyFatePlan),
    troubles: fc.oneof({ weight: 2, arbitrary: nothing<Trouble>() }, troubles),
    odd: fc.constantFrom(0, 0, 3),
    happenings: together(happeningsOf(records, 12), happeningsOf(operator, 6)),
  });
}

/** Ranges are read side by side, slowly, while tickets move to the end of the stream. */
function moving(store: fc.Arbitrary<StoreName>): fc.Arbitrary<History> {
  return fc.record({
    ...common,
    account: fc
      .tuple(common.account, fc.integer({ min: 60, max: 200 }), fc.constantFrom(600, 100_000))
      .map(([account, count, spread]) => ({ ...account, tickets: count, spread, shapes: [{ bytes: 1200 }] })),
    store,
    streams: inOrder,
    perPage: fc.integer({ min: 2, max: 12 }),
    ranges: fc.integer({ min: 2, max: 4 }),
    follow: fc.constantFrom(false, false, true),
    turns: fc.integer({ min: 20, max: 40 }),
    ...harmless,
    happenings: together(happeningsOf(tickets, 25), happeningsOf(records, 10), happeningsOf(passing, 12)),
  });
}

/** Short runs, whose last pages are lost when operators pause, and asked for again by workers that die, while tickets change. */
function interrupted(store: fc.Arbitrary<StoreName>): fc.Arbitrary<History> {
  return fc.record({
    ...common,
    store,
    streams: fc.constant<readonly Read[]>(['tickets']),
    perPage: fc.constantFrom(60, 1000),
    ranges: fc.constant(1),
    follow: fc.constant(false),
    turns: fc.integer({ min: 20, max: 40 }),
    ...harmless,
    fates: plan.longFatePlan,
    happenings: together(happeningsOf(tickets, 20), happeningsOf(passing, 20), happeningsOf(losses, 20)),
  });
}

/** Workers fall asleep before they write, and wake when later polls have brought newer versions. */
function overtaken(store: fc.Arbitrary<StoreName>): fc.Arbitrary<History> {
  return fc.record({
    ...common,
    account: common.account.map((account) => ({ ...account, tickets: account.tickets % 20, bursts: [] })),
    store,
    streams: fc.constantFrom<readonly Read[]>(['tickets'], ['tickets', 'organizations'], ['macros']),
    perPage: fc.constantFrom(4, 60),
    ranges: fc.constant(1),
    follow: fc.constant(true),
    turns: fc.integer({ min: 20, max: 40 }),
    ...harmless,
    fates: plan.sleepsBeforeWriting,
    troubles,
    happenings: together(happeningsOf(tickets, 25), happeningsOf(records, 25)),
  });
}

/** Workers die, but nothing comes late and nobody operates: what is counted can be checked. */
function counted(store: fc.Arbitrary<StoreName>): fc.Arbitrary<History> {
  const drawn: fc.Arbitrary<History> = fc.record({
    ...common,
    store,
    streams: inOrder,
    follow: fc.boolean(),
    turns: fc.integer({ min: 8, max: 30 }),
    ...harmless,
    eager: fc.boolean(),
    faults: plan.faultPlans,
    fates: plan.fatePlan,
    troubles: fc.array(
      fc.constantFrom<Trouble>('none', 'failsBefore', 'failsAfter', 'half', 'full', 'locked'),
      {
        maxLength: 10,
      },
    ),
    odd: fc.constantFrom(0, 0, 5),
    happenings: together(happeningsOf(tickets, 25), happeningsOf(records, 10)),
  });
  return drawn.map((history) => (history.eager ? eagerly(history) : history));
}

/** By time, in pages that hold any second: by cursor, a second version of a second is never seen. */
function eagerly(history: History): History {
  const faults = history.faults.filter(({ kind }) => kind.kind !== 'upstreamTimeout');
  return { ...history, pagination: 'time', perPage: 1000, ranges: 1, faults };
}

/** Nothing fails: how often and how soon Zendesk is asked can be checked. */
function calm(store: fc.Arbitrary<StoreName>): fc.Arbitrary<History> {
  return fc.record({
    ...common,
    store,
    streams: anyStreams,
    perPage: fc.integer({ min: 1, max: 12 }),
    follow: fc.boolean(),
    turns: fc.integer({ min: 30, max: 100 }),
    ...harmless,
    quota: fc.constantFrom(...QUOTAS),
    happenings: together(
      happeningsOf(tickets, 8),
      happeningsOf(records, 8),
      happeningsOf(quota, 2),
      happeningsOf(operator, 2),
    ),
  });
}

/** While one stream is read for the first time for many minutes, others are followed. */
function crowded(store: fc.Arbitrary<StoreName>): fc.Arbitrary<History> {
  return fc.tuple(calm(store), fc.integer({ min: 20, max: 40 })).map(([history, count]) => ({
    ...history,
    account: { ...history.account, tickets: count, bursts: [] },
    streams: ['tickets', 'ticket_metric_events'],
    perPage: 3,
    follow: true,
    turns: 100,
    quota: Math.min(history.quota ?? SLOW_QUOTA, SLOW_QUOTA),
    happenings: history.happenings.filter(({ kind }) => kind === 'records'),
  }));
}

/** Runs that end at a time of their own. */
function bounded(store: fc.Arbitrary<StoreName>): fc.Arbitrary<History> {
  return fc.record({
    ...common,
    store,
    streams: inOrder,
    follow: fc.constant(false),
    ...harmless,
    ends: fc.array(fc.nat({ max: 60 }), { minLength: 2, maxLength: 3 }),
    turns: fc.constant(0),
    // A time that is too recent ends a run early, and that is no matter of its `endTime`.
    faults: plan.faultPlans.map((faults) => faults.filter(({ kind }) => kind.kind !== 'tooRecent')),
    fates: plan.fatePlan,
    happenings: nothing<Happening>(),
  });
}

export interface Choice {
  /** Always this one; undefined: each by its share. */
  readonly store?: StoreName | undefined;
  readonly hasPostgres: boolean;
}

export function histories({ store, hasPostgres }: Choice): fc.Arbitrary<History> {
  const any = store === undefined ? anyStore(hasPostgres) : fc.constant(store);
  return fc.oneof(
    { weight: 5, arbitrary: troubled(any) },
    { weight: 3, arbitrary: counted(any) },
    { weight: 2, arbitrary: swept(any) },
    { weight: 2, arbitrary: moving(any) },
    { weight: 2, arbitrary: interrupted(any) },
    { weight: 2, arbitrary: overtaken(any) },
    { weight: 2, arbitrary: calm(any) },
    { weight: 1, arbitrary: crowded(any) },
    { weight: 1, arbitrary: bounded(any) },
  );
}
