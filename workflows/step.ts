import { fieldsAreDue } from './customFields';
import { freeAt } from './pace';
import { isCaughtUp, unfinished, watermarkOf, type Progress } from './progress';
import type { Range } from './ranges';
import type { ExportState } from './state';

/** What an export does next. Times are epoch milliseconds. */
export type Step =
  | { readonly kind: 'prepare' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'blocked'; readonly until: number }
  /** Whether what blocks has passed. */
  | { readonly kind: 'lookAgain' }
  | { readonly kind: 'describeFields'; readonly progress: Progress }
  | { readonly kind: 'exportPage'; readonly progress: Progress; readonly range: Range }
  /** Nothing to do before something under way has come back. */
  | { readonly kind: 'underway' }
  | { readonly kind: 'wait'; readonly until: number; readonly reason: 'quota' | 'poll' | 'zendesk' }
  | { readonly kind: 'poll' }
  | { readonly kind: 'end' };

/** The one decision of the job, from its state alone. */
export function nextStep(state: ExportState, now: number): Step {
  const { paused, blocked, notBefore, progress, underway, describing } = state;
  if (paused) return { kind: 'paused' };
  if (blocked?.looking === false)
    return now < blocked.lookAt ? { kind: 'blocked', until: blocked.lookAt } : { kind: 'lookAgain' };
  // A look is one page: the others wait for what it brings.
  if (blocked !== null && underway.length > 0) return { kind: 'underway' };
  if (now < notBefore) return { kind: 'wait', until: notBefore, reason: 'zendesk' };
  if (progress === null) return { kind: 'prepare' };
  // What a reset has ended must be over, so that no older page is written after the newer ones.
  if (underway.some((page) => page.epoch !== progress.epoch)) return { kind: 'underway' };
  if (blocked === null && describing === null && fieldsAreDue(progress, now))
    return { kind: 'describeFields', progress };
  return isCaughtUp(progress) ? afterCatchingUp(state, progress, now) : nextPage(state, progress, now);
}

function nextPage({ blocked, underway }: ExportState, progress: Progress, now: number): Step {
  const { request, pace } = progress;
  const free = unfinished(progress).filter(({ id }) => !underway.some((page) => page.range === id));
  const range = free.find(({ id }) => id === blocked?.range) ?? free[0];
  if (range === undefined) return { kind: 'underway' };
  const until = freeAt(pace, { perMinute: request.requestsPerMinute, underway: underway.length }, now);
  if (until === Infinity) return { kind: 'underway' };
  return until > now ? { kind: 'wait', until, reason: 'quota' } : { kind: 'exportPage', progress, range };
}

function afterCatchingUp({ describing }: ExportState, progress: Progress, now: number): Step {
  const { request, poll } = progress;
  const hasAll = request.endTime !== undefined && watermarkOf(progress) >= request.endTime;
  if (request.follow === false || hasAll) return { kind: describing === null ? 'end' : 'underway' };
  const pollAt = poll.startedAt + request.follow.everySeconds * 1000;
  return now < pollAt ? { kind: 'wait', until: pollAt, reason: 'poll' } : { kind: 'poll' };
}

/** Whether a step is still the same: then what it waits for goes on. */
export function isSame(next: Step, step: Step): boolean {
  if (next.kind === 'blocked' && step.kind === 'blocked') return next.until === step.until;
  if (next.kind !== 'wait' || step.kind !== 'wait') return next.kind === step.kind;
  return next.reason === step.reason && next.until === step.until;
}
