import {
  DIFFERENCES,
  MOST_SHOWN,
  type Compared,
  type Confirmed,
  type Difference,
  type Found,
  type VerificationRequest,
  type Window,
} from '../src/contract/verification';
import { firstWindows, halvesOf, isSplittable } from '../src/verify/windows';
import type { Failure } from './failure';
import { freeAt, PACES } from './pace';
import { beginReading, halved, type RereadStep } from './rereading';
import { addFound, paid, succeeded, type Verification } from './verificationState';

/** What comes next. */
export type VerificationStep =
  | { readonly kind: 'paused' }
  | { readonly kind: 'wait'; readonly reason: 'blocked' | 'zendesk' | 'quota'; readonly until: number }
  | { readonly kind: 'prepare' }
  | { readonly kind: 'compare'; readonly request: VerificationRequest; readonly window: Window }
  | RereadStep
  | { readonly kind: 'confirm'; readonly request: VerificationRequest; readonly ids: readonly number[] }
  | { readonly kind: 'record'; readonly request: VerificationRequest }
  | { readonly kind: 'end' };

export function nextVerificationStep(state: Verification, now: number): VerificationStep {
  const { request } = state;
  if (state.ended !== null) return { kind: 'end' };
  if (state.paused) return { kind: 'paused' };
  if (now < (state.blockedUntil ?? 0))
    return { kind: 'wait', reason: 'blocked', until: state.blockedUntil ?? 0 };
  if (now < state.notBefore) return { kind: 'wait', reason: 'zendesk', until: state.notBefore };
  if (request === null) return { kind: 'prepare' };
  const step = nextWork(state, request);
  if (step.kind === 'record') return step;
  const { pace, exportPace = PACES.export } = state;
  const [own, bucket] =
    step.kind === 'reread' ? ([exportPace, 'export'] as const) : ([pace, 'account'] as const);
  const free = freeAt(own, { bucket, perMinute: request.requestsPerMinute, underway: 0 }, now);
  return free > now ? { kind: 'wait', reason: 'quota', until: free } : step;
}

type WorkStep = Extract<VerificationStep, { kind: 'compare' | 'reread' | 'confirm' | 'record' }>;

function nextWork({ windows, reading, candidates }: Verification, request: VerificationRequest): WorkStep {
  const window = windows.at(-1);
  const { reread } = request;
  // Soon, so that few are carried along; but of a page that is read again hardly any seems to be gone.
  const isEnough = candidates.length >= (reading ? MOST_SHOWN : 1);
  if (isEnough) return { kind: 'confirm', request, ids: candidates.slice(0, MOST_SHOWN) };
  if (reading && reread !== undefined) return { kind: 'reread', request: { ...request, reread }, reading };
  return window === undefined ? { kind: 'record', request } : { kind: 'compare', request, window };
}

export function landPreparation(state: Verification, request: VerificationRequest): Verification {
  const isReread = request.reread !== undefined;
  return {
    ...succeeded(state),
    request,
    windows: isReread ? [] : firstWindows(request),
    reading: beginReading(request),
  };
}

/** @param askedAt when the workflow asked for it */
export function landCompared(
  state: Verification,
  window: Window,
  result: Compared,
  askedAt: number,
  now: number,
): Verification {
  if (result.verdict === 'split') return paid(splitWindow(succeeded(state), window), result, askedAt, now);
  return paid(
    {
      ...succeeded(state),
      windows: state.windows.slice(0, -1),
      windowsCompared: state.windowsCompared + 1,
      compared: state.compared + result.compared,
      candidates: [...state.candidates, ...result.candidates],
    },
    result,
    askedAt,
    now,
  );
}

/** The earlier half comes next. */
function splitWindow(state: Verification, window: Window): Verification {
  const [earlier, later] = halvesOf(window);
  return { ...state, windows: [...state.windows.slice(0, -1), later, earlier] };
}

export function landConfirmed(
  state: Verification,
  ids: readonly number[],
  result: Confirmed,
  askedAt: number,
  now: number,
): Verification {
  const { differences, repaired } = result;
  const confirmed = DIFFERENCES.reduce((sum, kind) => sum + differences[kind].length, 0);
  const of = (kind: Difference): Found => ({ count: differences[kind].length, ids: differences[kind] });
  return paid(
    {
      ...succeeded(state),
      step: state.step + 1,
      candidates: state.candidates.slice(ids.length),
      found: addFound(state.found, { missing: of('missing'), stale: of('stale'), extra: of('extra') }),
      unconfirmed: state.unconfirmed + ids.length - confirmed,
      repaired: state.repaired + repaired,
    },
    result,
    askedAt,
    now,
  );
}

export function landRecorded(state: Verification, now: number): Verification {
  return { ...succeeded(state), isRecorded: true, ended: { as: 'completed', at: now } };
}

/** What is asked again after a refusal, if nobody resumes before. */
const LOOK_AGAIN_MS = 5 * 60_000;

/** A step has failed: it is asked for again, in halves where it was too heavy. */
export function failStep(
  state: Verification,
  step: VerificationStep,
  { problem, passes, retryAfterMs = 0 }: Failure,
  now: number,
): Verification {
  if (problem.type === 'PageTooHeavy' && step.kind === 'compare' && isSplittable(step.window))
    return splitWindow(succeeded(state), step.window);
  if (problem.type === 'PageTooHeavy' && step.kind === 'reread')
    return { ...succeeded(state), reading: halved(step.reading) };
  const { lastError } = state;
  const since = lastError?.type === problem.type ? lastError.since : problem.since;
  return {
    ...state,
    lastError: { ...problem, since },
    failedBefore: problem.attempts,
    notBefore: now + retryAfterMs,
    blockedUntil: passes ? null : now + LOOK_AGAIN_MS,
  };
}
