import { fieldsAreDue } from './customFields';
import { freeAt } from './pace';
import { earliest, isCaughtUp, unfinished, type Progress } from './progress';
import type { Range } from './ranges';
import type { ExportState } from './state';

/** What an export does next. Times are epoch milliseconds. */
export type Step =
  | { readonly kind: 'prepare' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'describeFields'; readonly progress: Progress }
  | { readonly kind: 'exportPage'; readonly progress: Progress; readonly range: Range }
  /** Nothing to do before one of the pages under way has landed. */
  | { readonly kind: 'underway' }
  | { readonly kind: 'wait'; readonly until: number; readonly reason: 'quota' | 'poll' }
  | { readonly kind: 'poll' }
  | { readonly kind: 'end' };

/**
 * A poll that began this long after `endTime` has seen all of it, though no later ticket says so: Zendesk holds changes
 * back for a minute, older accounts for five, and its clock need not be ours.
 */
const SETTLED_MS = 10 * 60_000;

/** The one decision of the job, from its state alone. */
export function nextStep({ paused, blocked, progress, underway }: ExportState, now: number): Step {
  if (paused) return { kind: 'paused' };
  if (blocked !== null) return { kind: 'blocked' };
  if (progress === null) return { kind: 'prepare' };
  const { request, epoch, pace } = progress;
  // What a reset has ended must be over, so that no older page is written after the newer ones.
  if (underway.some((page) => page.epoch !== epoch)) return { kind: 'underway' };
  if (isCaughtUp(progress)) return afterCatchingUp(progress, now);
  const range = unfinished(progress).find(({ id }) => !underway.some((page) => page.range === id));
  if (range === undefined) return { kind: 'underway' };
  const until = freeAt(pace, { perMinute: request.requestsPerMinute, underway: underway.length }, now);
  if (until === Infinity) return { kind: 'underway' };
  if (until > now) return { kind: 'wait', until, reason: 'quota' };
  return fieldsAreDue(progress, now)
    ? { kind: 'describeFields', progress }
    : { kind: 'exportPage', progress, range };
}

function afterCatchingUp(progress: Progress, now: number): Step {
  const { request, poll } = progress;
  const reachedEnd =
    request.endTime !== undefined &&
    (earliest(progress).watermark >= request.endTime ||
      poll.startedAt >= request.endTime * 1000 + SETTLED_MS);
  if (fieldsAreDue(progress, now)) return { kind: 'describeFields', progress };
  if (request.follow === false || reachedEnd) return { kind: 'end' };
  const pollAt = poll.startedAt + request.follow.everySeconds * 1000;
  return now < pollAt ? { kind: 'wait', until: pollAt, reason: 'poll' } : { kind: 'poll' };
}
