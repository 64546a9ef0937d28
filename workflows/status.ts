import type { State, Status } from '../src/contract/status';
import { readCursor } from './position';
import type { Progress } from './progress';
import { moment, type ExportState } from './state';
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
  return {
    state: label,
    subdomain: progress?.request.subdomain ?? null,
    watermark: progress === null ? null : iso(progress.watermark),
    lagSeconds: progress === null ? null : Math.max(0, Math.floor(now / 1000) - progress.watermark),
    tickets: progress?.totals.tickets ?? 0,
    deleted: progress?.totals.deleted ?? 0,
    quarantined: progress?.totals.quarantined ?? 0,
    repeated: progress?.totals.repeated ?? 0,
    pages: progress?.totals.pages ?? 0,
    requests: progress?.totals.requests ?? 0,
    position: progress === null ? null : positionOf(progress),
    cursorReads:
      progress !== null && 'cursor' in progress.position ? readCursor(progress.position.cursor) : null,
    percent: progress === null ? null : percentOf(progress, now),
    ticketsPerSecond:
      progress?.rate === null || progress === null ? null : Math.round(progress.rate * 10) / 10,
    etaSeconds: progress === null || label === 'completed' ? null : etaOf(progress, now),
    perPage: progress?.perPage ?? null,
    waitingFor: waitingFor(step, state),
    lastError: state.lastError,
    rejectedSignals: state.rejectedSignals,
    actions: state.actions,
    startedAt: moment(state.startedAt),
    checkpoint: progress?.previous ?? null,
    customFields:
      progress?.fields === undefined
        ? null
        : { readAt: moment(progress.fields.at), asText: progress.fields.asText },
    newFields: progress?.newFields ?? [],
  };
}

function stateOf(step: Step, { askedAt }: ExportState): State {
  switch (step.kind) {
    case 'prepare':
      return 'starting';
    case 'paused':
    case 'blocked':
      return step.kind;
    case 'wait':
      // A page of before a reset may still be under way while the new position waits for quota.
      return askedAt === null ? 'waiting' : 'running';
    case 'describeFields':
    case 'exportPage':
    case 'poll':
      return 'running';
    case 'end':
      return 'completed';
  }
}

function waitingFor(step: Step, { blocked, askedAt, progress }: ExportState): string | null {
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
      return askedAt === null ? null : `page ${progress?.nextPage ?? 1}, asked for at ${moment(askedAt)}`;
    case 'describeFields':
      return "the account's custom fields";
    case 'prepare':
      return 'the check of input, credentials and destination';
    case 'poll':
    case 'end':
      return null;
  }
}

/** As `resetCursor` takes it, so that it can be pasted back. */
function positionOf({ position }: Progress): Status['position'] {
  return 'cursor' in position ? { cursor: position.cursor } : { startTime: position.startTime };
}

function percentOf({ began, watermark, poll, request }: Progress, now: number): number | null {
  if (poll.caughtUp) return 100;
  if (began.from === null) return 0;
  const end = Math.min(request.endTime ?? Infinity, Math.floor(now / 1000));
  if (end <= began.from) return null;
  const part = (watermark - began.from) / (end - began.from);
  return Math.round(Math.min(1, Math.max(0, part)) * 1000) / 10;
}

/** By the speed so far, of which the wait for quota is a part, also while it lasts. */
function etaOf(progress: Progress, now: number): number | null {
  const percent = percentOf(progress, now);
  if (percent === null || percent <= 0) return null;
  const elapsed = Math.max(now, progress.pace.freeAt) - progress.began.at;
  return Math.round((elapsed / 1000) * (100 / percent - 1));
}
