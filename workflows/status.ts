import type { RangeStatus, State, Status } from '../src/contract/status';
import { partRead, secondsLeftOf, speedOf } from './estimate';
import { readCursor, targetOf } from './position';
import { earliest } from './progress';
import type { Range } from './ranges';
import { moment, type ExportState, type Underway } from './state';
import { nextStep, type Step } from './step';
import { iso } from './time';

/**
 * What `status` answers, and what an export that ended leaves behind.
 * @param now epoch milliseconds
 */
export function statusOf(state: ExportState, now: number): Status {
  const { progress } = state;
  const step = nextStep(state, now);
  const label = stateOf(step, state);
  const until = step.kind === 'wait' ? step.until : now;
  const first = progress === null ? null : earliest(progress);
  return {
    state: label,
    subdomain: progress?.request.subdomain ?? null,
    watermark: first === null ? null : iso(first.watermark),
    lagSeconds: first === null ? null : Math.max(0, Math.floor(now / 1000) - first.watermark),
    tickets: progress?.totals.tickets ?? 0,
    deleted: progress?.totals.deleted ?? 0,
    quarantined: progress?.totals.quarantined ?? 0,
    repeated: progress?.totals.repeated ?? 0,
    pages: progress?.totals.pages ?? 0,
    requests: progress?.totals.requests ?? 0,
    position: first === null ? null : targetOf(first.position),
    cursorReads: first !== null && 'cursor' in first.position ? readCursor(first.position.cursor) : null,
    percent: progress === null ? null : percentOf(partRead(progress, now)),
    ticketsPerSecond: progress === null ? null : speedOf(progress, until),
    etaSeconds: progress === null || label === 'completed' ? null : secondsLeftOf(progress, until),
    perPage: first?.perPage ?? null,
    ranges: (progress?.ranges ?? []).map(rangeStatus),
    waitingFor: waitingFor(step, state),
    lastError: state.lastError,
    rejectedSignals: state.rejectedSignals,
    actions: state.actions,
    startedAt: moment(state.startedAt),
    checkpoint: first?.previous ?? null,
    customFields:
      progress?.fields === undefined
        ? null
        : { readAt: moment(progress.fields.at), asText: progress.fields.asText },
    newFields: progress?.newFields ?? [],
  };
}

function stateOf(step: Step, { underway }: ExportState): State {
  switch (step.kind) {
    case 'prepare':
      return 'starting';
    case 'paused':
    case 'blocked':
      return step.kind;
    case 'wait':
      return underway.length === 0 ? 'waiting' : 'running';
    case 'describeFields':
    case 'exportPage':
    case 'underway':
    case 'poll':
      return 'running';
    case 'end':
      return 'completed';
  }
}

function waitingFor(step: Step, { blocked, underway }: ExportState): string | null {
  switch (step.kind) {
    case 'paused':
      return 'resume';
    case 'blocked':
      return `resume, once this is mended: ${blocked?.type ?? ''}`;
    case 'wait':
      return step.reason === 'quota'
        ? `quota used up until ${moment(step.until)}`
        : `the next poll at ${moment(step.until)}`;
    case 'exportPage':
    case 'underway':
      return underway.length === 0 ? null : underway.map(pageUnderway).join('; ');
    case 'describeFields':
      return "the account's custom fields";
    case 'prepare':
      return 'the check of input, credentials and destination';
    case 'poll':
    case 'end':
      return null;
  }
}

function percentOf(part: number): number {
  return Math.round(part * 1000) / 10;
}

function rangeStatus({ watermark, until, tickets }: Range): RangeStatus {
  return { watermark: iso(watermark), until: until === null ? null : iso(until), tickets };
}

function pageUnderway({ page, askedAt }: Underway): string {
  return `page ${page}, asked for at ${moment(askedAt)}`;
}
