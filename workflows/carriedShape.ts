import { MOST_PER_PAGE, type PageKey } from '../src/contract/page';
import { isCursor } from '../src/contract/position';
import {
  LEAST_SWEEP_SECONDS,
  type Continued,
  type ExportRequest,
  type FieldsRead,
  type Gap,
} from '../src/contract/request';
import type { Action, Counts, Problem, Rejection } from '../src/contract/status';
import { LONGEST_PAUSE_SECONDS } from '../src/contract/time';
import { STREAM_NAMES, STREAMS } from '../src/streams';
import { isList } from '../src/streams/stream';
import {
  between,
  both,
  count,
  flag,
  integer,
  is,
  isRecord,
  list,
  map,
  moment,
  number,
  object,
  oneOf,
  optional,
  ordinal,
  orNull,
  second,
  text,
  within,
  type Fields,
} from './checks';
import type { Coverage } from './coverage';
import type { Pace } from './pace';
import type { Poll } from './poll';
import type { Range } from './ranges';
import { STATE_VERSION, type ExportState, type Progress, type Sent } from './state';
import type { Block, StreamState, SweepState, Unavailable } from './streamState';

// The shape of what a run carries to the next one: anybody can have made it up.

const problemFields: Fields<Problem> = {
  type: text,
  message: text,
  at: text,
  since: text,
  attempts: ordinal,
};
export const problem = object<Problem>(problemFields);
export const rejection = object<Rejection>({ signal: text, problem: text, at: text });
export const subdomain = is((value) => typeof value === 'string' && /^[a-z0-9-]{1,63}$/.test(value));
const streamName = oneOf(...STREAM_NAMES);

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

function isCursorText(value: unknown): boolean {
  return typeof value === 'string' && isCursor(value);
}

const position = is((value) => {
  if (!isRecord(value)) return false;
  const { endpoint, cursor, startTime, sweep, after, pages = 0, passed = '' } = value;
  if (endpoint === 'list')
    return (
      second(sweep) === undefined &&
      (after === null || isCursorText(after)) &&
      ordinal(pages) === undefined &&
      (passed === '' || isCursorText(passed))
    );
  if (cursor !== undefined) return endpoint === 'cursor' && isCursorText(cursor);
  return (endpoint === 'time' || endpoint === 'cursor') && second(startTime) === undefined;
});

const fields: Fields<Omit<FieldsRead, 'early'>> = {
  at: moment,
  readAt: orNull(moment),
  asText: count,
  problem: orNull(text),
};

const continued = object<Continued>({
  position,
  previous: optional(pageKey),
  watermark: optional(second),
  polledFrom: optional(second),
  settling: optional(second),
  leftOut: optional(gaps),
  newFields: optional(list(text)),
});

const request = object<ExportRequest>({
  subdomain,
  streams: list(streamName, (length) => length > 0),
  startTime: second,
  continued: map(streamName, continued),
  customFields: optional(object<Omit<FieldsRead, 'early'>>(fields)),
  endTime: optional(second),
  pagination: orNull(oneOf('time', 'cursor')),
  follow: (value) =>
    value === false ? undefined : object({ everySeconds: within(60, LONGEST_PAUSE_SECONDS) })(value),
  lists: object<ExportRequest['lists']>({
    everySeconds: within(LEAST_SWEEP_SECONDS, LONGEST_PAUSE_SECONDS),
  }),
  perPage: between(1, MOST_PER_PAGE),
  include: list(is((value) => typeof value === 'string' && /^\w+$/.test(value))),
  supportTypeScope: oneOf('all', 'agent', 'ai_agent'),
  excludeSystemUpdates: flag,
  excludeDeleted: flag,
  requestsPerMinute: orNull(within(1, Number.MAX_VALUE)),
  ranges: between(1, 10),
  onBlocked: oneOf('wait', 'fail'),
});

export const range = object<Range>({
  id: ordinal,
  page: ordinal,
  position,
  watermark: second,
  until: orNull(integer),
  previous: orNull(pageKey),
  perPage: between(1, MOST_PER_PAGE),
  pagesAtThisSize: count,
  from: orNull(second),
  records: integer,
  density: number,
  trouble: orNull(problem),
});

/** Each is there once, and the last one alone is open. */
function areInARow(ranges: unknown): boolean {
  if (!Array.isArray(ranges)) return false;
  const all: readonly unknown[] = ranges;
  const ids = new Set(all.map((one) => (isRecord(one) ? one['id'] : undefined)));
  const isOpen = all.map((one) => isRecord(one) && one['until'] === null);
  return ids.size === all.length && isOpen.indexOf(true) === all.length - 1;
}

const stream = object<StreamState>({
  epoch: ordinal,
  askedAt: moment,
  paused: flag,
  blocked: orNull(block),
  unavailable: orNull(object<Unavailable>({ since: moment, lookAt: moment })),
  stoppedAt: orNull(moment),
  lastError: orNull(problem),
  isFollowing: flag,
  ranges: both(
    list(range, (length) => length > 0),
    is(areInARow),
  ),
  nextRange: ordinal,
  poll: object<Poll>({
    startedAt: moment,
    from: second,
    before: second,
    records: integer,
    idleMs: number,
    reachedEnd: flag,
    askedAlone: flag,
  }),
  seenUpTo: second,
  coverage: object<Coverage>({ from: orNull(second), furthest: second, leftOut: gaps }),
  totals: object<Counts>({
    records: count,
    deleted: count,
    repeated: count,
    quarantined: count,
    pages: count,
    requests: count,
  }),
  epochRecords: integer,
  read: object<StreamState['read']>({ records: integer, seconds: integer, from: orNull(second) }),
  newFields: list(text),
  sweep: orNull(
    object<SweepState>({ sweptAt: orNull(second), records: count, deleted: count, quarantined: count }),
  ),
});

export const pace = object<Pace>({
  began: moment,
  endsBy: moment,
  used: within(0, Number.MAX_SAFE_INTEGER),
  quota: orNull(object<NonNullable<Pace['quota']>>({ total: number, remaining: number })),
  notBefore: moment,
  atOnce: optional(flag),
});

const progress = object<Progress>({
  request,
  searchAttributes: flag,
  paces: object<Progress['paces']>({ export: pace, users: pace, account: pace }),
  epoch: ordinal,
  nextPage: ordinal,
  streams: map(streamName, stream),
  fields: optional(object<FieldsRead>({ ...fields, early: flag })),
});

/** The streams that are read have a state, and no others. */
const namesAgree = is((value) => {
  if (!isRecord(value) || !isRecord(value['request']) || !isRecord(value['streams'])) return false;
  const { streams: named } = value['request'];
  const kept = Object.keys(value['streams']);
  return (
    Array.isArray(named) &&
    named.length === kept.length &&
    new Set(named).size === kept.length &&
    kept.every((name) => named.includes(name))
  );
});

/** Lists are read by sweeps, and nothing else is. */
const kindsAgree = is(
  (value) =>
    isRecord(value) &&
    isRecord(value['streams']) &&
    Object.entries(value['streams']).every(
      ([name, one]) =>
        isRecord(one) &&
        hasKind(
          one,
          STREAM_NAMES.some((known) => known === name && isList(STREAMS[known])),
        ),
    ),
);

function hasKind({ sweep, ranges }: Readonly<Record<string, unknown>>, isOfList: boolean): boolean {
  const all: readonly unknown[] = Array.isArray(ranges) ? ranges : [];
  const isPlaceInList = (range: unknown): boolean =>
    isRecord(range) && isRecord(range['position']) && range['position']['endpoint'] === 'list';
  return (sweep !== null) === isOfList && all.every((range) => isPlaceInList(range) === isOfList);
}

/** All of a carried state. */
export const carriedShape = object<ExportState>({
  version: oneOf(STATE_VERSION),
  startedAt: moment,
  paused: flag,
  blocked: orNull(block),
  ended: orNull(oneOf('cancelled', 'failed')),
  lastError: orNull(problem),
  notBefore: moment,
  actions: list(object<Action>({ action: text, stream: orNull(streamName), from: text, to: text, at: text })),
  rejectedSignals: list(rejection),
  progress: orNull(both(progress, both(namesAgree, kindsAgree))),
  // A run continues in a new one when all pages are back: one that never comes would be waited for.
  underway: list(is(() => false)),
  describing: is((value) => value === null),
  sent: optional(
    map(oneOf('preparation', ...STREAM_NAMES), object<Sent>({ isBlocked: flag, type: text, at: moment })),
  ),
});
