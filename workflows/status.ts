import type { CustomFields, Problem, RangeStatus, State, Status } from '../src/contract/status';
import { leftOut } from './coverage';
import type { FieldsRead } from '../src/contract/request';
import { partRead, secondsLeftOf, speedOf } from './estimate';
import { nextBounds } from './poll';
import { readCursor, targetOf } from '../src/contract/position';
import { earliest, isCaughtUp, watermarkOf, type Progress } from './progress';
import type { Range } from './ranges';
import { moment, type ExportState, type Underway } from './state';
import { nextStep, type Step } from './step';
import { iso } from '../src/contract/time';

/**
 * What `status` answers, and what an export that ended leaves behind.
 * @param now epoch milliseconds
 * @param typed the account that the input names, for as long as nobody has checked that
 */
export function statusOf(state: ExportState, now: number, typed: string | null = null): Status {
  const { progress } = state;
  const step = nextStep(state, now);
  const label = stateOf(step, state);
  const first = progress === null ? null : earliest(progress);
  return {
    state: label,
    subdomain: progress?.request.subdomain ?? typed,
    ...(progress === null ? NOTHING_READ : reached(progress, now)),
    tickets: progress?.totals.tickets ?? 0,
    deleted: progress?.totals.deleted ?? 0,
    quarantined: progress?.totals.quarantined ?? 0,
    repeated: progress?.totals.repeated ?? 0,
    pages: progress?.totals.pages ?? 0,
    requests: progress?.totals.requests ?? 0,
    position: first === null ? null : targetOf(first.position),
    cursorReads: first !== null && 'cursor' in first.position ? readCursor(first.position.cursor) : null,
    ...(progress !== null && isReading(label, state, progress) ? pace(progress, step, label, now) : STANDING),
    perPage: first?.perPage ?? null,
    ranges: (progress?.ranges ?? []).map(rangeStatus),
    waitingFor: state.ended === null ? waitingFor(step, state) : null,
    lastError: problemOf(state),
    rejectedSignals: state.rejectedSignals,
    actions: state.actions,
    startedAt: moment(state.startedAt),
    checkpoint: first?.previous ?? null,
    ...bounds(progress),
    customFields: progress?.fields === undefined ? null : customFields(progress.fields),
    newFields: progress?.newFields ?? [],
  };
}

const NOTHING_READ = { watermark: null, lagSeconds: null, leftOut: [], percent: null };

function reached(progress: Progress, now: number): Pick<Status, keyof typeof NOTHING_READ> {
  const watermark = watermarkOf(progress);
  return {
    watermark: iso(watermark),
    // From the very beginning it would be the age of Unix time.
    lagSeconds: watermark === 0 ? null : Math.max(0, Math.floor(now / 1000) - watermark),
    leftOut: leftOut(progress.coverage, watermark).map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
    percent: Math.round(partRead(progress, now) * 1000) / 10,
  };
}

function bounds(progress: Progress | null): Pick<Status, 'polledFrom' | 'settling'> {
  if (progress === null) return { polledFrom: null, settling: null };
  const { from, before } = nextBounds(progress.poll, watermarkOf(progress));
  return { polledFrom: iso(before), settling: iso(from) };
}

const STANDING = { ticketsPerSecond: null, etaSeconds: null };

/** Of what stands still, there is no speed: one that includes the time since would fall for ever. */
function isReading(label: State, { ended }: ExportState, progress: Progress): boolean {
  if (ended !== null || label === 'paused' || label === 'blocked') return false;
  return label === 'completed' || !isCaughtUp(progress);
}

function pace(
  progress: Progress,
  step: Step,
  label: State,
  now: number,
): Pick<Status, keyof typeof STANDING> {
  const until = step.kind === 'wait' ? step.until : now;
  const fails = progress.ranges.some(({ trouble }) => trouble !== null);
  return {
    ticketsPerSecond: speedOf(progress, until),
    etaSeconds: label === 'completed' || fails ? null : secondsLeftOf(progress, until, now),
  };
}

/** What lasts longest of what is wrong now; else what was wrong last. */
function problemOf({ blocked, progress, lastError }: ExportState): Problem | null {
  if (blocked !== null) return pick(blocked);
  const troubles = (progress?.ranges ?? []).flatMap(({ trouble }) => trouble ?? []);
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

function rangeStatus({ watermark, until, tickets }: Range): RangeStatus {
  return { watermark: iso(watermark), until: until === null ? null : iso(until), tickets };
}

function pageUnderway({ page, askedAt }: Underway): string {
  return `page ${page}, asked for at ${moment(askedAt)}`;
}

function customFields({ at, readAt, asText, problem }: FieldsRead): CustomFields {
  return { readAt: readAt === null ? null : moment(readAt), triedAt: moment(at), asText, problem };
}
