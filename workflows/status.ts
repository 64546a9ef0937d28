import { streamRequest, type FieldsRead } from '../src/contract/request';
import type { CustomFields, Reached, State, Status, StreamStatus } from '../src/contract/status';
import type { StreamName } from '../src/streams';
import { partRead } from './estimate';
import { isoOf, ofStream, streamsOf, type ExportState, type Progress } from './state';
import { nextStep, type Step } from './step';
import { watermarkOf, type StreamState } from './streamState';
import { NOTHING_REACHED, pick, reached, streamStatuses } from './streamStatus';
import { waitingFor } from './waitingFor';

/**
 * What `status` answers, and what an export that ended leaves behind.
 * @param now Unix milliseconds
 * @param typed the account that the input names, for as long as nobody has checked that
 */
export function statusOf(state: ExportState, now: number, typed: string | null = null): Status {
  const { progress } = state;
  const step = nextStep(state, now);
  const streams = progress === null ? [] : streamsOf(progress);
  const each = streamStatuses(state, now);
  const all = each.map(([, status]) => status);
  const tickets = each.find(([name]) => name === 'tickets')?.[1];
  const sum = (count: (status: StreamStatus) => number): number =>
    all.reduce((total, status) => total + count(status), 0);
  return {
    state: stateOf(step, state, all),
    subdomain: progress?.request.subdomain ?? typed,
    ...furthestBehind(streams, now),
    leftOut: each.flatMap(([name, { leftOut }]) =>
      leftOut.map((gap) => ({ ...gap, ...ofStream(state, name) })),
    ),
    records: sum(({ records }) => records),
    tickets: tickets?.records ?? 0,
    deleted: sum(({ deleted }) => deleted),
    quarantined: sum(({ quarantined }) => quarantined),
    repeated: sum(({ repeated }) => repeated),
    pages: sum(({ pages }) => pages),
    requests: sum(({ requests }) => requests),
    percent: percentOf(streams, progress, now),
    recordsPerSecond: total(all.map(({ recordsPerSecond }) => recordsPerSecond)),
    ticketsPerSecond: tickets?.recordsPerSecond ?? null,
    etaSeconds: etaOf(all),
    waitingFor: state.ended === null ? waitingFor(step, state, isHeldUp(all)) : null,
    lastError: problemOf(state, each),
    rejectedSignals: state.rejectedSignals,
    actions: state.actions,
    startedAt: isoOf(state.startedAt),
    customFields: progress?.fields === undefined ? null : customFields(progress.fields),
    streams: Object.fromEntries(each),
  };
}

/** Of a stream of changes that the account has, where there is one. */
function furthestBehind(streams: readonly (readonly [StreamName, StreamState])[], now: number): Reached {
  const all = streams.map(([, stream]) => stream).filter(({ sweep }) => sweep === null);
  const there = all.filter(({ unavailable }) => unavailable === null);
  const [first, ...others] = there.length === 0 ? all : there;
  if (first === undefined) return NOTHING_REACHED;
  const behind = others.reduce(
    (least, other) => (watermarkOf(other) < watermarkOf(least) ? other : least),
    first,
  );
  return reached(behind, now);
}

/**
 * What is to come counts as dense as what has been read; a stream of which nothing has been read yet counts for nothing, and so do
 * lists beside streams of changes.
 */
function percentOf(
  streams: readonly (readonly [StreamName, StreamState])[],
  progress: Progress | null,
  now: number,
): number | null {
  if (progress === null) return null;
  const incremental = streams.filter(([, { sweep }]) => sweep === null);
  if (incremental.length === 0)
    return streams.every(([, { sweep, unavailable }]) => sweep?.sweptAt !== null || unavailable !== null)
      ? 100
      : null;
  const parts = incremental.map(([name, stream]) => ({
    part: partRead(stream, streamRequest(progress.request, name), now),
    records: stream.epochRecords,
  }));
  const whole = parts.reduce((sum, { part, records }) => sum + (part === 0 ? 0 : records / part), 0);
  const read = parts.reduce((sum, { records }) => sum + records, 0);
  const part = whole === 0 ? Math.min(...parts.map((one) => one.part)) : read / whole;
  return Math.round(part * 1000) / 10;
}

function total(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((number) => number !== null);
  return known.length === 0 ? null : Math.round(known.reduce((sum, one) => sum + one, 0) * 10) / 10;
}

/** Of what is being read, the longest; a stream that waits for its turn has none yet. Nobody knows how long a list is. */
function etaOf(all: readonly StreamStatus[]): number | null {
  const isOfLists = all.every(({ kind }) => kind === 'list');
  const reading = all.filter(
    ({ state, kind, percent }) =>
      (state === 'running' || state === 'waiting') &&
      percent !== 100 &&
      (isOfLists || kind === 'incremental'),
  );
  const etas = reading.map(({ etaSeconds }) => etaSeconds);
  const caughtUp = all.some(({ state }) => state === 'running' || state === 'waiting') ? 0 : null;
  return etas.reduce<number | null>(
    (most, eta) => (eta === null || most === null ? null : Math.max(most, eta)),
    caughtUp,
  );
}

/** What lasts longest of what is wrong now; else what was wrong last. */
function problemOf(
  state: ExportState,
  each: readonly (readonly [StreamName, StreamStatus])[],
): Status['lastError'] {
  const { blocked, lastError, progress } = state;
  if (blocked !== null) return pick(blocked);
  if (lastError !== null) return lastError;
  // Whatever its state says: it may be paused, or the export may have ended.
  const there = each.filter(([name]) => (progress?.streams[name]?.unavailable ?? null) === null);
  const now = there.flatMap(([name, { lastError: problem }]) =>
    problem === null ? [] : { ...problem, ...ofStream(state, name) },
  );
  const [longest] = now.sort((one, other) => (one.since < other.since ? -1 : 1));
  return longest ?? null;
}

function stateOf(
  step: Step,
  { ended, paused, blocked, underway }: ExportState,
  all: readonly StreamStatus[],
): State {
  if (ended !== null) return ended;
  if (paused) return 'paused';
  if (blocked !== null || isHeldUp(all)) return 'blocked';
  switch (step.kind) {
    case 'prepare':
      return 'starting';
    case 'paused':
      return step.kind;
    case 'blocked':
    case 'wait':
      return underway.length === 0 ? 'waiting' : 'running';
    case 'lookAgain':
    case 'describeFields':
    case 'exportPage':
    case 'underway':
    case 'poll':
      return 'running';
    case 'end':
      return 'completed';
  }
}

/** Whether nothing can go on: something is blocked, and nothing else is being read. */
function isHeldUp(all: readonly StreamStatus[]): boolean {
  return (
    all.some(({ state }) => state === 'blocked') &&
    all.every(({ state }) => state !== 'running' && state !== 'waiting')
  );
}

function customFields({ at, readAt, asText, problem }: FieldsRead): CustomFields {
  return { readAt: readAt === null ? null : isoOf(readAt), triedAt: isoOf(at), asText, problem };
}
