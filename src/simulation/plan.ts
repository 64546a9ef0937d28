import fc from 'fast-check';
import {
  encodeCursor,
  MIXED,
  SHAPES,
  startSimulator,
  type Simulator,
  type SimulatorOptions,
  type TicketShape,
} from '../simulator';
import { streamsOf } from '../../workflows/state';
import { earliest } from '../../workflows/streamState';
import { pause, reset, resume } from '../../workflows/actions';
import { MOMENTS, type Fate } from './attempt';
import type { Clock } from './clock';
import type { Drive, Interruption } from './drive';

/** An account of the simulator, with bursts of many tickets on one second. */
export interface AccountPlan {
  readonly seed: number;
  readonly tickets: number;
  /** Seconds from the oldest to the newest ticket: the fewer, the more ties. */
  readonly spread: number;
  readonly bursts: readonly { readonly after: number; readonly tickets: number }[];
  readonly pinned: 'expand' | 'repeat';
  readonly expandLimit: number;
  readonly gzip: boolean;
  readonly shapes: readonly TicketShape[];
}

const NEWEST_AGE_SECONDS = 120;

export const accountPlan: fc.Arbitrary<AccountPlan> = fc.record({
  seed: fc.nat({ max: 1_000_000 }),
  tickets: fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 80 }) }, fc.nat({ max: 250 })),
  spread: fc.constantFrom(0, 5, 40, 600, 100_000),
  bursts: fc.array(fc.record({ after: fc.nat({ max: 45 }), tickets: fc.integer({ min: 1, max: 70 }) }), {
    maxLength: 3,
  }),
  pinned: fc.constantFrom('expand', 'repeat'),
  expandLimit: fc.constantFrom(Infinity, Infinity, 3, 30),
  gzip: fc.boolean(),
  // Mostly small ones: many pages of large ones take long.
  shapes: fc.oneof(
    { weight: 8, arbitrary: fc.constant([{ bytes: 1200 }]) },
    { weight: 2, arbitrary: fc.constantFrom([SHAPES.small], [SHAPES.medium], [SHAPES.large], MIXED) },
  ),
});

/** The size of a page: mostly such that bursts and boundaries matter. */
export const perPage = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 3, arbitrary: fc.integer({ min: 13, max: 60 }) },
  fc.constant(1000),
);

export const pagination = fc.constantFrom('time' as const, 'cursor' as const);

export async function open(
  plan: AccountPlan,
  clock: Clock,
  options: SimulatorOptions = {},
): Promise<Simulator> {
  const to = Math.floor(clock.seconds) - NEWEST_AGE_SECONDS;
  const from = to - plan.spread;
  return startSimulator({
    ...plan,
    from,
    to,
    burst: plan.bursts.map(({ after, tickets }) => ({ at: Math.min(to, from + after), tickets })),
    clock: () => clock.seconds,
    ...options,
  });
}

/** What goes wrong, by chance, until the faults are cleared. */
export interface FaultPlan {
  readonly kind: (typeof FAULTS)[number];
  readonly probability: number;
}

const FAULTS = [
  { kind: 'status', status: 500, body: 'statusError' },
  { kind: 'status', status: 502, body: 'html' },
  { kind: 'status', status: 409 },
  { kind: 'status', status: 503, retryAfter: 7 },
  { kind: 'throttle', retryAfter: 20 },
  { kind: 'throttle' },
  { kind: 'reset', point: 'before' },
  { kind: 'reset', point: 'midBody' },
  { kind: 'truncate' },
  { kind: 'html200' },
  { kind: 'wrongHost' },
  { kind: 'endTimeBackwards' },
  { kind: 'cursorStuck' },
  { kind: 'cursorMissing' },
  { kind: 'shortPage' },
  { kind: 'tooRecent', form: '400' },
  { kind: 'tooRecent', form: '422' },
  { kind: 'tooRecent', form: '422text' },
  { kind: 'upstreamTimeout', perPageAbove: 1 },
  { kind: 'upstreamTimeout', perPageAbove: 5 },
] as const;

export const faultPlans: fc.Arbitrary<FaultPlan[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...FAULTS), probability: fc.constantFrom(0.05, 0.2, 0.5) }),
  { maxLength: 4 },
);

export function breakThings(simulator: Simulator, plans: readonly FaultPlan[]): void {
  for (const { kind, probability } of plans) simulator.fault({ ...kind, probability });
}

const lives = fc.constant<Fate>({ kind: 'lives' });
const dies = fc.record({ kind: fc.constant('dies'), at: fc.constantFrom(...MOMENTS) });
const sleeps = fc.record({
  kind: fc.constant('sleeps'),
  at: fc.constantFrom('checkpoint', 'request', 'answer', 'write', 'written'),
  moments: fc.nat({ max: 40 }),
});

/** Where workers die, one entry an attempt; after the last they live. */
export const fatePlan: fc.Arbitrary<Fate[]> = fc.array(fc.oneof(lives, dies), { maxLength: 30 });

/** The same for a history of many runs. */
export const longFatePlan: fc.Arbitrary<Fate[]> = fc.array(fc.oneof(lives, dies), {
  minLength: 30,
  maxLength: 100,
});

/** The same with workers that wake up later. */
export const sleepyFatePlan: fc.Arbitrary<Fate[]> = fc.array(
  fc.oneof({ weight: 4, arbitrary: lives }, { weight: 2, arbitrary: dies }, { weight: 1, arbitrary: sleeps }),
  { maxLength: 30 },
);

/** Workers that fall asleep with a page in their hands. */
export const sleepsBeforeWriting: fc.Arbitrary<Fate[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: lives },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('sleeps'),
        at: fc.constant('write'),
        moments: fc.integer({ min: 10, max: 60 }),
      }),
    },
  ),
  { maxLength: 30 },
);

export function inTurn(fates: readonly Fate[]): () => Fate {
  const left = [...fates];
  return () => left.shift() ?? { kind: 'lives' };
}

export type Change =
  | { readonly kind: 'update' | 'systemUpdate' | 'delete' | 'scrub' | 'restore'; readonly of: number }
  | { readonly kind: 'bulk'; readonly from: number; readonly count: number }
  | { readonly kind: 'create'; readonly count: number }
  | { readonly kind: 'time'; readonly seconds: number }
  | { readonly kind: 'outage'; readonly seconds: number };

type Operation =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resetToWatermark'; readonly byCursor: boolean }
  | { readonly kind: 'resetBack'; readonly seconds: number; readonly byCursor: boolean };

/** Something that happens before a turn of the workflow. */
export type Event =
  | { readonly turn: number; readonly what: Change }
  | { readonly turn: number; readonly what: Operation; readonly during?: Interruption['page'] };

const LAST_TURN = 50;
const turn = fc.nat({ max: LAST_TURN });

export const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('update', 'systemUpdate', 'delete', 'scrub', 'restore'),
    of: fc.nat({ max: 1000 }),
  }),
  fc.record({
    kind: fc.constant('bulk'),
    from: fc.nat({ max: 1000 }),
    count: fc.integer({ min: 2, max: 60 }),
  }),
  fc.record({ kind: fc.constant('create'), count: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('time'), seconds: fc.constantFrom(0.5, 1, 30, 61, 300) }),
);

const byCursor = fc.boolean();
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant('pause') }),
  fc.record({ kind: fc.constant('resetToWatermark'), byCursor }),
  fc.record({ kind: fc.constant('resetBack'), seconds: fc.constantFrom(1, 20, 1000), byCursor }),
);

export const changes: fc.Arbitrary<Event[]> = fc.array(fc.record({ turn, what: change }), { maxLength: 25 });

/** Nothing happens for longer than an interval, or Zendesk does not answer. */
export const gaps: fc.Arbitrary<Event[]> = fc.array(
  fc.record({
    turn,
    what: fc.record({
      kind: fc.constantFrom('time' as const, 'outage' as const),
      seconds: fc.constantFrom(90, 600, 3600, 86_400),
    }),
  }),
  { maxLength: 5 },
);

export const operations: fc.Arbitrary<Event[]> = fc.array(
  fc.oneof(
    fc.record({ turn, what: operation }),
    fc.record({ turn, what: operation, during: fc.constantFrom('lands', 'lost', 'aborted') }),
  ),
  { maxLength: 5 },
);

export function happen({ what, ...event }: Event, simulator: Simulator, drive: Drive, clock: Clock): void {
  if (isOperation(what)) {
    const act = actOf(what, drive, clock);
    const during = 'during' in event ? event.during : undefined;
    if (during === undefined) drive.act(act);
    else drive.interruption = { act, page: during };
  } else alter(what, simulator, clock);
}

function isOperation(what: Change | Operation): what is Operation {
  return ['pause', 'resetToWatermark', 'resetBack'].includes(what.kind);
}

/** Only resets that go back: one that goes ahead skips tickets on purpose. */
function actOf(what: Operation, { state }: Drive, clock: Clock): Interruption['act'] {
  if (what.kind === 'pause') return (running) => pause(running, clock.now);
  const tickets = state.progress?.streams.tickets;
  const back = what.kind === 'resetBack' ? what.seconds : 0;
  const startTime = Math.max(0, (tickets === undefined ? 0 : earliest(tickets).watermark) - back);
  const target = what.byCursor ? { cursor: encodeCursor({ second: startTime, id: 0 }) } : { startTime };
  return (running) => reset(running, 'tickets', target, clock.now);
}

export function alter(what: Change, simulator: Simulator, clock: Clock): void {
  if (what.kind === 'time') clock.advance(what.seconds);
  else if (what.kind === 'outage') breakUntil(clock.seconds + what.seconds, simulator, clock);
  else if (what.kind === 'create') simulator.create(what.count);
  else if (simulator.size > 0) alterTickets(what, simulator);
}

function breakUntil(end: number, simulator: Simulator, clock: Clock): void {
  simulator.fault({ kind: 'status', status: 503, matches: () => clock.seconds < end });
}

function alterTickets(
  what: Exclude<Change, { kind: 'time' | 'outage' | 'create' }>,
  simulator: Simulator,
): void {
  const idOf = (number: number): number => 1 + (number % simulator.size);
  switch (what.kind) {
    case 'update':
      simulator.update(idOf(what.of));
      break;
    case 'systemUpdate':
      simulator.update(idOf(what.of), { system: true });
      break;
    case 'delete':
      simulator.delete(idOf(what.of));
      break;
    case 'scrub':
      simulator.scrub(idOf(what.of));
      break;
    case 'restore':
      simulator.restore(idOf(what.of));
      break;
    case 'bulk':
      simulator.updateMany(
        new Set(Array.from({ length: what.count }, (_, index) => idOf(what.from + index))),
      );
      break;
  }
}

/** What an operator does who finds the export waiting. */
export function help(drive: Drive, clock: Clock): void {
  const { paused, blocked, progress } = drive.state;
  const waits =
    progress !== null && streamsOf(progress).some(([, stream]) => stream.paused || stream.blocked !== null);
  if (paused || blocked !== null || waits) drive.act((state) => resume(state, clock.now));
}

/** In which order the pages of several ranges land. */
export const landings = fc.infiniteStream(fc.nat({ max: 99 }));

export function landing(
  ranges: number,
  order: Iterator<number>,
): { readonly lands?: (underway: number) => number } {
  return ranges === 1 ? {} : { lands: (underway) => Number(order.next().value) % underway };
}
