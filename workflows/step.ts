import { STREAM_NAMES, type StreamName } from '../src/streams';
import { fieldsAreDue } from './customFields';
import { isSameLane } from './lane';
import { freeAt } from './pace';
import type { Range } from './ranges';
import type { ExportState, Lane, Progress } from './state';
import { unfinished, watermarkOf } from './streamState';

/** What an export does next. Times are Unix milliseconds. */
export type Step =
  | { readonly kind: 'prepare' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'blocked'; readonly until: number }
  /** Whether what blocks has passed. */
  | { readonly kind: 'lookAgain' }
  | { readonly kind: 'describeFields'; readonly progress: Progress }
  | {
      readonly kind: 'exportPage';
      readonly progress: Progress;
      readonly stream: StreamName;
      readonly range: Range;
    }
  /** Nothing to do before something under way has come back. */
  | { readonly kind: 'underway' }
  | { readonly kind: 'wait'; readonly until: number; readonly reason: 'quota' | 'poll' | 'zendesk' }
  | { readonly kind: 'poll'; readonly stream: StreamName }
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
  if (underway.some((page) => page.epoch !== progress.streams[page.stream].epoch))
    return { kind: 'underway' };
  if (blocked === null && describing === null && fieldsAreDue(progress, now))
    return { kind: 'describeFields', progress };
  return nextPage(state, progress, now) ?? afterCatchingUp(state, progress, now);
}

/** Undefined when every stream has caught up. */
function nextPage({ blocked, underway }: ExportState, progress: Progress, now: number): Step | undefined {
  const { request, pace, streams } = progress;
  const lanes = STREAM_NAMES.flatMap((stream) =>
    unfinished(streams[stream]).map((range) => ({ stream, range })),
  );
  if (lanes.length === 0) return undefined;
  const is = ({ stream, range }: (typeof lanes)[number], lane: Lane | null): boolean =>
    isSameLane({ stream, range: range.id }, lane);
  const free = lanes.filter((each) => !underway.some((page) => is(each, page)));
  const next = free.find((each) => is(each, blocked?.lane ?? null)) ?? free[0];
  if (next === undefined) return { kind: 'underway' };
  const until = freeAt(pace, { perMinute: request.requestsPerMinute, underway: underway.length }, now);
  if (until === Infinity) return { kind: 'underway' };
  if (until > now) return { kind: 'wait', until, reason: 'quota' };
  return { kind: 'exportPage', progress, stream: next.stream, range: next.range };
}

function afterCatchingUp({ describing }: ExportState, { request, streams }: Progress, now: number): Step {
  const { follow, endTime = Infinity } = request;
  const following =
    follow === false ? [] : STREAM_NAMES.filter((name) => watermarkOf(streams[name]) < endTime);
  const [next] = following.sort((one, other) => streams[one].poll.startedAt - streams[other].poll.startedAt);
  if (next === undefined || follow === false) return { kind: describing === null ? 'end' : 'underway' };
  const pollAt = streams[next].poll.startedAt + follow.everySeconds * 1000;
  return now < pollAt ? { kind: 'wait', until: pollAt, reason: 'poll' } : { kind: 'poll', stream: next };
}

/** Whether a step is still the same: then what it waits for goes on. */
export function isSame(next: Step, step: Step): boolean {
  if (next.kind === 'blocked' && step.kind === 'blocked') return next.until === step.until;
  if (next.kind !== 'wait' || step.kind !== 'wait') return next.kind === step.kind;
  return next.reason === step.reason && next.until === step.until;
}
