import type { ExportRequest } from '../src/contract/request';
import type { PageKey } from '../src/contract/page';
import type { Action, Problem, Rejection } from '../src/contract/status';
import type { Block } from './blocked';
import type { Gap } from '../src/contract/request';
import type { Coverage } from './coverage';
import type { FieldsRead } from '../src/contract/request';
import type { Pace } from './pace';
import type { Poll } from './poll';
import { isCursor } from '../src/contract/position';
import type { Progress, Totals } from './progress';
import type { Range } from './ranges';
import type { ExportState } from './state';
import { isUnixSeconds, LONGEST_PAUSE_SECONDS } from '../src/contract/time';

/**
 * Where a state that a run was started with is not one: a path such as `progress.epoch`. Anybody who may start a workflow
 * can make one up, and parts of it become names of files and of activities' arguments: nothing of it is trusted unchecked.
 * Unknown fields are left alone, and those that earlier releases did not have may be missing.
 * @returns undefined when all of it can be used
 */
export function badPartOf(carried: unknown): string | undefined {
  const path = state(carried);
  return path === '' ? 'the state itself' : path;
}

/** The path of what is wrong, empty for the value itself; undefined when all is well. */
type Check = (value: unknown) => string | undefined;

/** A check for every field of a type, so that none is forgotten when one is added. */
type Fields<T> = { readonly [Key in keyof Required<T>]: Check };

const is =
  (holds: (value: unknown) => boolean): Check =>
  (value) =>
    holds(value) ? undefined : '';

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);

const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? undefined : check(value);

function object<T>(fields: Fields<T>): Check {
  return (value) => (isRecord(value) ? firstOf(Object.entries<Check>(fields), (key) => value[key]) : '');
}

function list(check: Check, isLong: (length: number) => boolean = () => true): Check {
  return (value) =>
    Array.isArray(value) && isLong(value.length)
      ? firstOf(
          value.map((_, index) => [String(index), check]),
          (index) => value[Number(index)] as unknown,
        )
      : '';
}

function firstOf(
  checks: readonly (readonly [string, Check])[],
  at: (key: string) => unknown,
): string | undefined {
  for (const [key, check] of checks) {
    const path = check(at(key));
    if (path !== undefined) return path === '' ? key : `${key}.${path}`;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const flag = is((value) => typeof value === 'boolean');
const text = is((value) => typeof value === 'string');
const oneOf = (...values: readonly unknown[]): Check => is((value) => values.includes(value));
const number = is((value) => Number.isFinite(value));
const within = (least: number, most: number): Check =>
  is((value) => typeof value === 'number' && value >= least && value <= most);
const between = (least: number, most: number): Check =>
  is((value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most);
const integer = between(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const count = between(0, Number.MAX_SAFE_INTEGER);
/** Of pages, epochs and ranges; databases keep them in 32 bits. */
const ordinal = between(0, 2 ** 31 - 1);
const second = is((value) => typeof value === 'number' && isUnixSeconds(value));
/** Epoch milliseconds. */
const moment = is((value) => typeof value === 'number' && isUnixSeconds(Math.floor(value / 1000)));

const problemFields: Fields<Problem> = { type: text, message: text, at: text, since: text, attempts: count };
const problem = object<Problem>(problemFields);

const block = object<Block>({
  ...problemFields,
  range: orNull(ordinal),
  beganAt: moment,
  looks: count,
  lookAt: moment,
  looking: flag,
});

const gaps = list(object<Gap>({ from: second, to: second }));

const pageKey = object<PageKey>({
  // Temporal's run ids.
  exportId: is((value) => typeof value === 'string' && /^[\w-]{1,100}$/.test(value)),
  epoch: ordinal,
  page: ordinal,
});

const position = is((value) => {
  if (!isRecord(value)) return false;
  const { endpoint, cursor, startTime } = value;
  if (cursor !== undefined) return endpoint === 'cursor' && typeof cursor === 'string' && isCursor(cursor);
  return (endpoint === 'time' || endpoint === 'cursor') && second(startTime) === undefined;
});

const fields: Fields<Omit<FieldsRead, 'early'>> = {
  at: moment,
  readAt: orNull(moment),
  asText: count,
  problem: orNull(text),
};

const request = object<ExportRequest>({
  subdomain: is((value) => typeof value === 'string' && /^[a-z0-9-]{1,63}$/.test(value)),
  start: position,
  previous: optional(pageKey),
  watermark: optional(second),
  polledFrom: optional(second),
  settling: optional(second),
  leftOut: optional(gaps),
  customFields: optional(object<Omit<FieldsRead, 'early'>>(fields)),
  newFields: optional(list(text)),
  endTime: optional(second),
  pagination: oneOf('time', 'cursor'),
  follow: (value) =>
    value === false ? undefined : object({ everySeconds: within(60, LONGEST_PAUSE_SECONDS) })(value),
  perPage: between(1, 1000),
  include: list(is((value) => typeof value === 'string' && /^\w+$/.test(value))),
  supportTypeScope: oneOf('all', 'agent', 'ai_agent'),
  excludeSystemUpdates: flag,
  excludeDeleted: flag,
  requestsPerMinute: orNull(within(1, Number.MAX_VALUE)),
  ranges: between(1, 10),
  onBlocked: oneOf('wait', 'fail'),
});

const range = object<Range>({
  id: ordinal,
  page: ordinal,
  position,
  watermark: second,
  until: orNull(integer),
  previous: orNull(pageKey),
  perPage: between(1, 1000),
  pagesAtThisSize: count,
  from: orNull(second),
  tickets: integer,
  density: number,
  trouble: orNull(problem),
});

const progress = object<Progress>({
  request,
  searchAttributes: flag,
  ranges: list(range, (length) => length > 0),
  epoch: ordinal,
  next: object<Progress['next']>({ id: ordinal, page: ordinal }),
  pace: object<Pace>({
    began: moment,
    endsBy: moment,
    used: number,
    quota: orNull(object<NonNullable<Pace['quota']>>({ total: number, remaining: number })),
  }),
  poll: object<Poll>({
    startedAt: moment,
    from: second,
    before: second,
    tickets: integer,
    idleMs: number,
    reachedEnd: flag,
    askedAlone: flag,
  }),
  seenUpTo: second,
  coverage: object<Coverage>({ from: orNull(second), furthest: second, leftOut: gaps }),
  totals: object<Totals>({
    tickets: count,
    deleted: count,
    repeated: count,
    quarantined: count,
    pages: count,
    requests: count,
  }),
  epochTickets: integer,
  read: object<Progress['read']>({ tickets: integer, seconds: integer, from: orNull(second) }),
  fields: optional(object<FieldsRead>({ ...fields, early: flag })),
  newFields: list(text),
});

const state = object<ExportState>({
  startedAt: moment,
  paused: flag,
  blocked: orNull(block),
  stoppedAt: orNull(moment),
  ended: orNull(oneOf('cancelled', 'failed')),
  lastError: orNull(problem),
  notBefore: moment,
  atOnce: flag,
  actions: list(object<Action>({ action: text, from: text, to: text, at: text })),
  rejectedSignals: list(object<Rejection>({ signal: text, problem: text, at: text })),
  progress: orNull(progress),
  // A run goes on in a new one when all pages are back: one that never comes would be waited for.
  underway: list(is(() => false)),
  describing: is((value) => value === null),
});
