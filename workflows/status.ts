import { streamRequest, type FieldsRead } from '../src/contract/request';
import { readCursor, targetOf } from '../src/contract/position';
import type {
  CustomFields,
  Problem,
  RangeStatus,
  Reached,
  State,
  Status,
  StreamLabel,
  StreamStatus,
} from '../src/contract/status';
import { iso } from '../src/contract/time';
import type { StreamName } from '../src/streams';
import { leftOut } from './coverage';
import { partRead, secondsLeftOf, speedOf } from './estimate';
import { nextBounds } from './poll';
import type { Range } from './ranges';
import { moment, streamsOf, type ExportState, type Progress, type Underway } from './state';
import { nextStep, stepOf, type Step, type StreamStep } from './step';
import { earliest, isCaughtUp, watermarkOf, type Block, type StreamState } from './streamState';

/**
 * What `status` answers, and what an export that ended leaves behind.
 * @param now Unix milliseconds
 * @param typed the account that the input names, for as long as nobody has checked that
 */
export function statusOf(state: ExportState, now: number, typed: string | null = null): Status {
  const { progress } = state;
  const step = nextStep(state, now);
  const streams = progress === null ? [] : streamsOf(progress);
  const each = streams.map(
    ([name, stream]) => [name, streamStatus(state, progress, name, stream, now)] as const,
  );
  const all = each.map(([, status]) => status);
  const tickets = each.find(([name]) => name === 'tickets')?.[1];
  const sum = (count: (status: StreamStatus) => number): number =>
    all.reduce((total, status) => total + count(status), 0);
  return {
    state: stateOf(step, state, all),
    subdomain: progress?.request.subdomain ?? typed,
    ...furthestBehind(all),
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
    lastError: problemOf(state, all),
    rejectedSignals: state.rejectedSignals,
    actions: state.actions,
    startedAt: moment(state.startedAt),
    customFields: progress?.fields === undefined ? null : customFields(progress.fields),
    streams: Object.fromEntries(each),
  };
}

const NOTHING_READ: Reached = {
  watermark: null,
  lagSeconds: null,
  leftOut: [],
  position: null,
  cursorReads: null,
  perPage: null,
  ranges: [],
  checkpoint: null,
  polledFrom: null,
  settling: null,
  newFields: [],
};

/** Of a stream that the account has, where there is one. */
function furthestBehind(all: readonly StreamStatus[]): Reached {
  const there = all.filter(({ state }) => state !== 'unavailable');
  const [first, ...others] = there.length === 0 ? all : there;
  if (first === undefined) return NOTHING_READ;
  const behind = others.reduce(
    (least, other) => ((other.watermark ?? '') < (least.watermark ?? '') ? other : least),
    first,
  );
  const { watermark, lagSeconds, leftOut, position, cursorReads, perPage } = behind;
  const { ranges, checkpoint, polledFrom, settling, newFields } = behind;
  return {
    watermark,
    lagSeconds,
    leftOut,
    position,
    cursorReads,
    perPage,
    ranges,
    checkpoint,
    polledFrom,
    settling,
    newFields,
  };
}

function streamStatus(
  state: ExportState,
  progress: Progress | null,
  name: StreamName,
  stream: StreamState,
  now: number,
): StreamStatus {
  if (progress === null) throw new Error('a stream is read once the export has been prepared');
  const request = streamRequest(progress.request, name);
  const step = stepOf(state, progress, name, stream, now);
  const label = labelOf(step, state, stream, name);
  const watermark = watermarkOf(stream);
  const { position, perPage, previous } = earliest(stream);
  const bounds = nextBounds(stream.poll, watermark);
  const until = step.kind === 'wait' ? step.until : now;
  const fails = stream.ranges.some(({ trouble }) => trouble !== null);
  const reads = isReading(label, stream);
  const hasEta = reads && label !== 'completed' && !fails;
  return {
    state: label,
    kind: 'incremental',
    ...stream.totals,
    percent: Math.round(partRead(stream, request, now) * 1000) / 10,
    recordsPerSecond: reads ? speedOf(stream, until) : null,
    etaSeconds: hasEta ? secondsLeftOf(stream, request, until, now) : null,
    watermark: iso(watermark),
    // From the very beginning it would be the age of Unix time.
    lagSeconds: watermark === 0 ? null : Math.max(0, Math.floor(now / 1000) - watermark),
    leftOut: leftOut(stream.coverage, watermark).map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
    position: targetOf(position),
    cursorReads: 'cursor' in position ? readCursor(position.cursor) : null,
    perPage,
    ranges: stream.ranges.map(rangeStatus),
    checkpoint: previous,
    polledFrom: iso(bounds.before),
    settling: iso(bounds.from),
    newFields: stream.newFields,
    lastError: stream.blocked === null ? longestOf(stream) : pick(stream.blocked),
  };
}

/** Of what stands still, there is no speed: one that includes the time since would fall for ever. */
function isReading(label: StreamLabel, stream: StreamState): boolean {
  if (label === 'completed') return true;
  return (label === 'running' || label === 'waiting') && !isCaughtUp(stream);
}

/** What is to come counts as dense as what has been read; a stream of which nothing has been read yet counts for nothing. */
function percentOf(
  streams: readonly (readonly [StreamName, StreamState])[],
  progress: Progress | null,
  now: number,
): number | null {
  if (progress === null) return null;
  const parts = streams.map(([name, stream]) => ({
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

/** Of what is being read, the longest; a stream that waits for its turn has none yet. */
function etaOf(all: readonly StreamStatus[]): number | null {
  const reading = all.filter(
    ({ state, percent }) => (state === 'running' || state === 'waiting') && percent !== 100,
  );
  const etas = reading.map(({ etaSeconds }) => etaSeconds);
  const caughtUp = all.some(({ state }) => state === 'running' || state === 'waiting') ? 0 : null;
  return etas.reduce<number | null>(
    (most, eta) => (eta === null || most === null ? null : Math.max(most, eta)),
    caughtUp,
  );
}

/** What lasts longest of what is wrong now; else what was wrong last. */
function problemOf({ blocked, lastError }: ExportState, all: readonly StreamStatus[]): Problem | null {
  if (blocked !== null) return pick(blocked);
  if (lastError !== null) return lastError;
  const now = all.filter(({ state }) => state !== 'unavailable').flatMap((stream) => stream.lastError ?? []);
  const [longest] = now.sort((one, other) => (one.since < other.since ? -1 : 1));
  return longest ?? null;
}

function longestOf({ ranges, lastError }: StreamState): Problem | null {
  const troubles = ranges.flatMap(({ trouble }) => trouble ?? []);
  const [longest] = troubles.sort((one, other) => (one.since < other.since ? -1 : 1));
  return longest ?? lastError;
}

function pick({ type, message, at, since, attempts }: Problem): Problem {
  return { type, message, at, since, attempts };
}

function labelOf(
  step: StreamStep,
  { ended, underway }: ExportState,
  { blocked, unavailable }: StreamState,
  name: StreamName,
): StreamLabel {
  if (ended !== null) return ended;
  if (step.kind === 'paused') return 'paused';
  if (unavailable !== null) return 'unavailable';
  if (blocked !== null) return 'blocked';
  if (step.kind === 'end') return 'completed';
  const isUnderway = underway.some((page) => page.stream === name);
  return step.kind === 'wait' && !isUnderway ? 'waiting' : 'running';
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
    all.every(({ state }) => !['starting', 'running', 'waiting'].includes(state))
  );
}

function waitingFor(step: Step, state: ExportState, isBlocked: boolean): string | null {
  const { underway, describing } = state;
  const blocked = blockOf(state);
  if (blocked?.looking === true && (isBlocked || state.progress === null) && step.kind !== 'paused')
    return `another look at ${blocked.type}`;
  switch (step.kind) {
    case 'paused':
      return 'resume';
    case 'blocked':
      return isBlocked || state.progress === null
        ? `resume, once this is fixed: ${blocked?.type ?? ''}; looks again by itself at ${moment(step.until)}`
        : `another look at ${blocked?.type ?? ''} at ${moment(step.until)}`;
    case 'lookAgain':
      return null;
    case 'wait':
      return waitFor(step);
    case 'exportPage':
    case 'underway':
    case 'describeFields':
      if (underway.length > 0) return underway.map(pageUnderway).join('; ');
      return describing !== null ? "the account's custom fields" : null;
    case 'prepare':
      return 'the check of input, credentials and destination';
    case 'poll':
    case 'end':
      return null;
  }
}

/** What blocks and is looked at next. */
function blockOf({ blocked, progress }: ExportState): Block | null {
  if (blocked !== null || progress === null) return blocked;
  const blocks = streamsOf(progress).flatMap(([, stream]) => stream.blocked ?? []);
  const [next] = blocks.sort((one, other) => one.lookAt - other.lookAt);
  return next ?? null;
}

function waitFor({ reason, until }: Extract<Step, { kind: 'wait' }>): string {
  switch (reason) {
    case 'quota':
      return `quota used up until ${moment(until)}`;
    case 'poll':
      return `the next poll at ${moment(until)}`;
    case 'unavailable':
      return `another try of what the account does not have at ${moment(until)}`;
    case 'zendesk':
      return `Zendesk, which takes no request before ${moment(until)}`;
  }
}

function rangeStatus({ watermark, until, records }: Range): RangeStatus {
  return { watermark: iso(watermark), until: until === null ? null : iso(until), records };
}

function pageUnderway({ stream, page, askedAt }: Underway): string {
  return `page ${page}${stream === 'tickets' ? '' : ` of ${stream}`}, asked for at ${moment(askedAt)}`;
}

function customFields({ at, readAt, asText, problem }: FieldsRead): CustomFields {
  return { readAt: readAt === null ? null : moment(readAt), triedAt: moment(at), asText, problem };
}
