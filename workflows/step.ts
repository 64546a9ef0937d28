import { fieldsAreDue } from './customFields';
import type { Progress } from './progress';
import type { ExportState } from './state';

/** What an export does next. Times are epoch milliseconds. */
export type Step =
  | { readonly kind: 'prepare' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'describeFields'; readonly progress: Progress }
  | { readonly kind: 'exportPage'; readonly progress: Progress }
  | { readonly kind: 'wait'; readonly until: number; readonly reason: 'quota' | 'poll' }
  | { readonly kind: 'poll' }
  | { readonly kind: 'end' };

/**
 * A poll that began this long after `endTime` has seen all of it, though no later ticket says so: Zendesk holds changes
 * back for a minute, older accounts for five, and its clock need not be ours.
 */
const SETTLED_MS = 10 * 60_000;

/** The one decision of the job, from its state alone. */
export function nextStep({ paused, blocked, progress }: ExportState, now: number): Step {
  if (paused) return { kind: 'paused' };
  if (blocked !== null) return { kind: 'blocked' };
  if (progress === null) return { kind: 'prepare' };
  const { request, poll, pace, watermark } = progress;
  const fieldsDue = fieldsAreDue(progress, now);
  if (poll.caughtUp) {
    const reachedEnd =
      request.endTime !== undefined &&
      (watermark >= request.endTime || poll.startedAt >= request.endTime * 1000 + SETTLED_MS);
    if (fieldsDue) return { kind: 'describeFields', progress };
    if (request.follow === false || reachedEnd) return { kind: 'end' };
    const pollAt = poll.startedAt + request.follow.everySeconds * 1000;
    return now < pollAt ? { kind: 'wait', until: pollAt, reason: 'poll' } : { kind: 'poll' };
  }
  if (now < pace.freeAt) return { kind: 'wait', until: pace.freeAt, reason: 'quota' };
  return { kind: fieldsDue ? 'describeFields' : 'exportPage', progress };
}
