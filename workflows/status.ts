import type { FieldsRead } from '../src/contract/request';
import { readCursor, targetOf } from '../src/contract/position';
import type { CustomFields, Problem, RangeStatus, State, Status } from '../src/contract/status';
import { iso } from '../src/contract/time';
import { STREAM_NAMES } from '../src/streams';
import { leftOut } from './coverage';
import { partRead, secondsLeftOf, speedOf } from './estimate';
import { nextBounds } from './poll';
import type { Range } from './ranges';
import { moment, type ExportState, type Progress, type Underway } from './state';
import { nextStep, type Step } from './step';
import { earliest, isCaughtUp, watermarkOf, type StreamState, type Totals } from './streamState';

/**
 * What `status` answers, and what an export that ended leaves behind.
 * @param now Unix milliseconds
 * @param typed the account that the input names, for as long as nobody has checked that
 */
export function statusOf(state: ExportState, now: number, typed: string | null = null): Status {
  const { progress } = state;
  const step = nextStep(state, now);
  const label = stateOf(step, state);
  const { records, ...totals } = progress === null ? NOTHING : progress.streams.tickets.totals;
  return {
    state: label,
    subdomain: progress?.request.subdomain ?? typed,
    ...(progress === null ? NOTHING_READ : reached(progress, progress.streams.tickets, now)),
    tickets: records,
    ...totals,
    ...(progress !== null && isReading(label, state, progress.streams.tickets)
      ? pace(progress, progress.streams.tickets, step, label, now)
      : STANDING),
    waitingFor: state.ended === null ? waitingFor(step, state) : null,
    lastError: problemOf(state),
    rejectedSignals: state.rejectedSignals,
    actions: state.actions,
    startedAt: moment(state.startedAt),
    customFields: progress?.fields === undefined ? null : customFields(progress.fields),
  };
}

const NOTHING: Totals = { records: 0, deleted: 0, quarantined: 0, repeated: 0, pages: 0, requests: 0 };

const NOTHING_READ = {
  watermark: null,
  lagSeconds: null,
  leftOut: [],
  percent: null,
  position: null,
  cursorReads: null,
  perPage: null,
  ranges: [],
  checkpoint: null,
  polledFrom: null,
  settling: null,
  newFields: [],
};

function reached(
  { request }: Progress,
  stream: StreamState,
  now: number,
): Pick<Status, keyof typeof NOTHING_READ> {
  const watermark = watermarkOf(stream);
  const { position, perPage, previous } = earliest(stream);
  const bounds = nextBounds(stream.poll, watermark);
  return {
    watermark: iso(watermark),
    // From the very beginning it would be the age of Unix time.
    lagSeconds: watermark === 0 ? null : Math.max(0, Math.floor(now / 1000) - watermark),
    leftOut: leftOut(stream.coverage, watermark).map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
    percent: Math.round(partRead(stream, request, now) * 1000) / 10,
    position: targetOf(position),
    cursorReads: 'cursor' in position ? readCursor(position.cursor) : null,
    perPage,
    ranges: stream.ranges.map(rangeStatus),
    checkpoint: previous,
    polledFrom: iso(bounds.before),
    settling: iso(bounds.from),
    newFields: stream.newFields,
  };
}

const STANDING = { ticketsPerSecond: null, etaSeconds: null };

/** Of what stands still, there is no speed: one that includes the time since would fall for ever. */
function isReading(label: State, { ended }: ExportState, stream: StreamState): boolean {
  if (ended !== null || label === 'paused' || label === 'blocked') return false;
  return label === 'completed' || !isCaughtUp(stream);
}

function pace(
  { request }: Progress,
  stream: StreamState,
  step: Step,
  label: State,
  now: number,
): Pick<Status, keyof typeof STANDING> {
  const until = step.kind === 'wait' ? step.until : now;
  const fails = stream.ranges.some(({ trouble }) => trouble !== null);
  return {
    ticketsPerSecond: speedOf(stream, until),
    etaSeconds: label === 'completed' || fails ? null : secondsLeftOf(stream, request, until, now),
  };
}

/** What lasts longest of what is wrong now; else what was wrong last. */
function problemOf({ blocked, progress, lastError }: ExportState): Problem | null {
  if (blocked !== null) return pick(blocked);
  const ranges = progress === null ? [] : STREAM_NAMES.flatMap((name) => progress.streams[name].ranges);
  const troubles = ranges.flatMap(({ trouble }) => trouble ?? []);
  const [longest] = troubles.sort((one, other) => (one.since < other.since ? -1 : 1));
  return longest ?? lastError;
}

function pick({ type, message, at, since, attempts }: Problem): Problem {
  return { type, message, at, since, attempts };
}

function stateOf(step: Step, { ended, paused, blocked, underway }: ExportState): State {
  if (ended !== null) return ended;
  if (blocked !== null && !paused) return 'blocked';
  switch (step.kind) {
    case 'prepare':
      return 'starting';
    case 'paused':
      return step.kind;
    case 'wait':
      return underway.length === 0 ? 'waiting' : 'running';
    case 'blocked':
    case 'lookAgain':
      return 'blocked';
    case 'describeFields':
    case 'exportPage':
    case 'underway':
    case 'poll':
      return 'running';
    case 'end':
      return 'completed';
  }
}

function waitingFor(step: Step, { blocked, underway, describing }: ExportState): string | null {
  if (blocked?.looking === true && step.kind !== 'paused') return `another look at ${blocked.type}`;
  switch (step.kind) {
    case 'paused':
      return 'resume';
    case 'blocked':
      return `resume, once this is fixed: ${blocked?.type ?? ''}; looks again by itself at ${moment(step.until)}`;
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

function waitFor({ reason, until }: Extract<Step, { kind: 'wait' }>): string {
  switch (reason) {
    case 'quota':
      return `quota used up until ${moment(until)}`;
    case 'poll':
      return `the next poll at ${moment(until)}`;
    case 'zendesk':
      return `Zendesk, which takes no request before ${moment(until)}`;
  }
}

function rangeStatus({ watermark, until, records }: Range): RangeStatus {
  return { watermark: iso(watermark), until: until === null ? null : iso(until), tickets: records };
}

function pageUnderway({ page, askedAt }: Underway): string {
  return `page ${page}, asked for at ${moment(askedAt)}`;
}

function customFields({ at, readAt, asText, problem }: FieldsRead): CustomFields {
  return { readAt: readAt === null ? null : moment(readAt), triedAt: moment(at), asText, problem };
}
