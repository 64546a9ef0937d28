import type { StreamName } from '../src/streams';
import { bucketOf } from '../src/contract/request';
import { HOLD_BACK_SECONDS } from '../src/contract/time';
import { fieldsAreDue } from './customFields';
import { isSameLane } from './lane';
import { freeAt } from './pace';
import type { Range } from './ranges';
import { streamsOf, type ExportState, type Progress, type Underway } from './state';
import { unfinished, watermarkOf, type StreamState } from './streamState';

/** What an export does next. Times are Unix milliseconds. */
export type Step =
  | { readonly kind: 'prepare' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'blocked'; readonly until: number }
  /** Whether what blocks has passed. `stream` is null for the preparation. */
  | { readonly kind: 'lookAgain'; readonly stream: StreamName | null }
  | { readonly kind: 'describeFields'; readonly progress: Progress }
  | {
      readonly kind: 'exportPage';
      readonly progress: Progress;
      readonly stream: StreamName;
      readonly range: Range;
    }
  /** Nothing to do before something under way has come back. */
  | { readonly kind: 'underway' }
  | {
      readonly kind: 'wait';
      readonly until: number;
      readonly reason: 'quota' | 'poll' | 'sweep' | 'zendesk' | 'unavailable';
    }
  | { readonly kind: 'poll'; readonly stream: StreamName }
  | { readonly kind: 'end' };

/** The one decision of the job, from its state alone. */
export function nextStep(state: ExportState, now: number): Step {
  const { paused, progress, describing } = state;
  if (paused) return { kind: 'paused' };
  if (progress === null) return preparation(state, now);
  const steps = inTurn(streamsOf(progress), now).map(([name, stream]) =>
    stepOf(state, progress, name, stream, now),
  );
  const isClear = !steps.some(({ kind }) => kind === 'stale');
  if (isClear && describing === null && fieldsAreDue(progress, now))
    return { kind: 'describeFields', progress };
  const isOver =
    describing === null && state.underway.every(({ stream }) => progress.streams[stream] !== undefined);
  // What an operator has removed must be over before the export is.
  return first(steps) ?? soonest(steps) ?? lasting(steps) ?? { kind: isOver ? 'end' : 'underway' };
}

const WINDOW_MS = 60_000;

/**
 * Changes first, which are few, and those of the stream that has waited longest; then what is read for the first time, in the
 * order in which the streams were named. Where changes alone use up the quota, the first of these gets its turn all the same.
 */
function inTurn<T extends readonly [StreamName, StreamState]>(streams: readonly T[], now: number): T[] {
  const following = streams
    .filter(([, { isFollowing }]) => isFollowing)
    .sort(([, one], [, other]) => one.askedAt - other.askedAt);
  const [first, ...others] = streams.filter(([, { isFollowing }]) => !isFollowing);
  if (first === undefined) return following;
  const [longest = first] = following;
  const hasWaited = now - first[1].askedAt >= WINDOW_MS && first[1].askedAt <= longest[1].askedAt;
  return hasWaited ? [first, ...following, ...others] : [...following, first, ...others];
}

function preparation({ blocked, notBefore }: ExportState, now: number): Step {
  if (blocked?.looking === false)
    return now < blocked.lookAt
      ? { kind: 'blocked', until: blocked.lookAt }
      : { kind: 'lookAgain', stream: null };
  return now < notBefore ? { kind: 'wait', until: notBefore, reason: 'zendesk' } : { kind: 'prepare' };
}

/** What one stream would do next; `stale`: pages from before a reset are under way; `end`: nothing is left to be read. */
export type StreamStep = Step | { readonly kind: 'stale' };

export function stepOf(
  { underway, paused }: ExportState,
  progress: Progress,
  name: StreamName,
  stream: StreamState,
  now: number,
): StreamStep {
  const { blocked, unavailable, epoch } = stream;
  if (paused || stream.paused) return { kind: 'paused' };
  if (blocked?.looking === false)
    return now < blocked.lookAt
      ? { kind: 'blocked', until: blocked.lookAt }
      : { kind: 'lookAgain', stream: name };
  const own = underway.filter((page) => page.stream === name);
  // What a reset has ended must be over, so that no older page is written after the newer ones.
  if (own.some((page) => page.epoch !== epoch)) return { kind: 'stale' };
  // A look is one page: the others wait for what it brings.
  if (blocked !== null && own.length > 0) return { kind: 'underway' };
  if (unavailable !== null && now < unavailable.lookAt)
    return progress.request.follow === false || isPast(progress.request.endTime, now)
      ? { kind: 'end' }
      : { kind: 'wait', until: unavailable.lookAt, reason: 'unavailable' };
  const lanes = unfinished(stream);
  return lanes.length === 0
    ? pollStep(progress, name, stream, now)
    : pageStep(progress, name, stream, lanes, underway, now);
}

function isPast(endTime: number | undefined, now: number): boolean {
  return now >= passedAt(endTime);
}

/** When everything up to `endTime` can be read. Unix milliseconds. */
function passedAt(endTime = Infinity): number {
  return (endTime + HOLD_BACK_SECONDS) * 1000 + 1;
}

function pageStep(
  progress: Progress,
  name: StreamName,
  stream: StreamState,
  lanes: readonly Range[],
  underway: readonly Underway[],
  now: number,
): Step {
  const free = lanes.filter(
    ({ id }) => !underway.some((page) => isSameLane(page, { stream: name, range: id })),
  );
  const range = free.find(({ id }) => id === stream.blocked?.range) ?? free[0];
  if (range === undefined) return { kind: 'underway' };
  const bucket = bucketOf(name, range.position);
  const { [bucket]: pace } = progress.paces;
  if (now < pace.notBefore) return { kind: 'wait', until: pace.notBefore, reason: 'zendesk' };
  const perMinute = bucket === 'export' ? progress.request.requestsPerMinute : null;
  const others = underway.filter((page) => page.bucket === bucket);
  // The account's limit belongs to people first: one request at a time, besides those that wait to be tried again.
  if (bucket === 'account' && others.some(({ isRetry }) => isRetry !== true)) return { kind: 'underway' };
  const until = freeAt(pace, { bucket, perMinute, underway: others.length }, now);
  if (until === Infinity) return { kind: 'underway' };
  if (until > now) return { kind: 'wait', until, reason: 'quota' };
  return { kind: 'exportPage', progress, stream: name, range };
}

function pollStep(progress: Progress, name: StreamName, stream: StreamState, now: number): Step {
  const { follow, endTime = Infinity } = progress.request;
  if (stream.sweep !== null) return sweepStep(progress, name, stream, now);
  if (follow === false || watermarkOf(stream) >= endTime) return { kind: 'end' };
  const pollAt = stream.poll.startedAt + follow.everySeconds * 1000;
  return now < pollAt ? { kind: 'wait', until: pollAt, reason: 'poll' } : { kind: 'poll', stream: name };
}

/** Lists are read again until everything else has come to its end. */
function sweepStep(
  { request: { follow, lists, endTime } }: Progress,
  name: StreamName,
  { poll }: StreamState,
  now: number,
): Step {
  if (follow === false || isPast(endTime, now)) return { kind: 'end' };
  const until = Math.min(poll.startedAt + lists.everySeconds * 1000, passedAt(endTime));
  return now < until ? { kind: 'wait', until, reason: 'sweep' } : { kind: 'poll', stream: name };
}

/** What can be done now. */
function first(steps: readonly StreamStep[]): Step | undefined {
  for (const step of steps)
    if (step.kind === 'exportPage' || step.kind === 'lookAgain' || step.kind === 'poll') return step;
  return undefined;
}

/** What can be done soonest. */
function soonest(steps: readonly StreamStep[]): Step | undefined {
  const waits = steps.flatMap((step) => (step.kind === 'wait' || step.kind === 'blocked' ? step : []));
  return waits.reduce<(typeof waits)[number] | undefined>(
    (before, wait) => (before === undefined || wait.until < before.until ? wait : before),
    undefined,
  );
}

/** What nobody knows the end of. */
function lasting(steps: readonly StreamStep[]): Step | undefined {
  if (steps.some(({ kind }) => kind === 'underway' || kind === 'stale')) return { kind: 'underway' };
  return steps.some(({ kind }) => kind === 'paused') ? { kind: 'paused' } : undefined;
}

/** Whether a step is still the same: then what it waits for continues. */
export function isSame(next: Step, step: Step): boolean {
  if (next.kind === 'blocked' && step.kind === 'blocked') return next.until === step.until;
  if (next.kind !== 'wait' || step.kind !== 'wait') return next.kind === step.kind;
  return next.reason === step.reason && next.until === step.until;
}
