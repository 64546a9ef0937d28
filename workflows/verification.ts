import {
  DIFFERENCES,
  MOST_IDS,
  MOST_SHOWN,
  type Compared,
  type Confirmed,
  type Cost,
  type Difference,
  type Found,
  type VerificationRequest,
  type Window,
} from '../src/contract/verification';
import type { Problem, Rejection } from '../src/contract/status';
import { firstWindows, halvesOf, isSplittable } from '../src/verify/windows';
import type { Failure } from './failure';
import { countRequest, freeAt, learnFromAnswer, PACES, type Pace } from './pace';

/** Grows when a worker could no longer take over the state of a verification that runs. */
export const VERIFICATION_VERSION = 1;

/** All that a verification knows: plain JSON, which the next run takes over. Times are Unix milliseconds. */
export interface Verification {
  readonly version: number;
  readonly startedAt: number;
  /** Null until the input was accepted. */
  readonly request: VerificationRequest | null;
  /** Still to be compared, the next one last: halves of halves, so they are never many. */
  readonly windows: readonly Window[];
  /** Ids of tickets that seem to differ, and wait to be confirmed. */
  readonly candidates: readonly number[];
  /** Numbers the confirmations. */
  readonly step: number;
  readonly pace: Pace;
  /** Zendesk takes no request before; 0: at any time. */
  readonly notBefore: number;
  readonly paused: boolean;
  /** When what is refused is tried again; null: nothing is. */
  readonly blockedUntil: number | null;
  readonly lastError: Problem | null;
  /** Attempts at the next step that were handed over as failed. */
  readonly failedBefore: number;
  readonly compared: number;
  readonly windowsCompared: number;
  readonly found: Readonly<Record<Difference, Found>>;
  readonly unconfirmed: number;
  readonly repaired: number;
  readonly requests: number;
  readonly rejectedSignals: readonly Rejection[];
  /** Whether the destination has its row. */
  readonly isRecorded: boolean;
  readonly ended: { readonly as: 'completed' | 'cancelled' | 'failed'; readonly at: number } | null;
}

const NONE: Found = { count: 0, ids: [] };

export function initialVerification(now: number): Verification {
  return {
    version: VERIFICATION_VERSION,
    startedAt: now,
    request: null,
    windows: [],
    candidates: [],
    step: 1,
    pace: PACES.account,
    notBefore: 0,
    paused: false,
    blockedUntil: null,
    lastError: null,
    failedBefore: 0,
    compared: 0,
    windowsCompared: 0,
    found: { missing: NONE, stale: NONE, extra: NONE },
    unconfirmed: 0,
    repaired: 0,
    requests: 0,
    rejectedSignals: [],
    isRecorded: false,
    ended: null,
  };
}

/** What comes next. */
export type VerificationStep =
  | { readonly kind: 'paused' }
  | { readonly kind: 'wait'; readonly reason: 'blocked' | 'zendesk' | 'quota'; readonly until: number }
  | { readonly kind: 'prepare' }
  | { readonly kind: 'compare'; readonly request: VerificationRequest; readonly window: Window }
  | { readonly kind: 'confirm'; readonly request: VerificationRequest; readonly ids: readonly number[] }
  | { readonly kind: 'record'; readonly request: VerificationRequest }
  | { readonly kind: 'end' };

export function nextVerificationStep(state: Verification, now: number): VerificationStep {
  const { request, windows, candidates, pace } = state;
  if (state.ended !== null) return { kind: 'end' };
  if (state.paused) return { kind: 'paused' };
  if (now < (state.blockedUntil ?? 0))
    return { kind: 'wait', reason: 'blocked', until: state.blockedUntil ?? 0 };
  if (now < state.notBefore) return { kind: 'wait', reason: 'zendesk', until: state.notBefore };
  if (request === null) return { kind: 'prepare' };
  const window = windows.at(-1);
  if (candidates.length === 0 && window === undefined) return { kind: 'record', request };
  const bounds = { bucket: 'account', perMinute: request.requestsPerMinute, underway: 0 } as const;
  const free = freeAt(pace, bounds, now);
  if (free > now) return { kind: 'wait', reason: 'quota', until: free };
  // First, so that few are carried along.
  if (candidates.length > 0) return { kind: 'confirm', request, ids: candidates.slice(0, MOST_SHOWN) };
  return window === undefined ? { kind: 'record', request } : { kind: 'compare', request, window };
}

export function landPreparation(state: Verification, request: VerificationRequest): Verification {
  return { ...succeeded(state), request, windows: firstWindows(request) };
}

/** @param askedAt when the workflow asked for it */
export function landCompared(
  state: Verification,
  window: Window,
  result: Compared,
  askedAt: number,
  now: number,
): Verification {
  if (result.verdict === 'split') return paid(split(succeeded(state), window), result, askedAt, now);
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
function split(state: Verification, window: Window): Verification {
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
  const added = (kind: Difference): Found => ({
    count: state.found[kind].count + differences[kind].length,
    ids: [...state.found[kind].ids, ...differences[kind]].slice(0, MOST_IDS),
  });
  return paid(
    {
      ...succeeded(state),
      step: state.step + 1,
      candidates: state.candidates.slice(ids.length),
      found: { missing: added('missing'), stale: added('stale'), extra: added('extra') },
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
    return split(succeeded(state), step.window);
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

export function endAs(state: Verification, as: 'cancelled' | 'failed', now: number): Verification {
  return { ...state, ended: { as, at: now } };
}

export function pauseVerification(state: Verification): Verification {
  return { ...state, paused: true };
}

/** Goes on after a pause, and tries at once what was refused. */
export function resumeVerification(state: Verification): Verification {
  return { ...state, paused: false, blockedUntil: null, notBefore: 0, failedBefore: 0 };
}

const MOST_REJECTIONS = 5;

export function rejectSignalOf(state: Verification, rejection: Rejection): Verification {
  return { ...state, rejectedSignals: [...state.rejectedSignals, rejection].slice(-MOST_REJECTIONS) };
}

function succeeded(state: Verification): Verification {
  return { ...state, lastError: null, failedBefore: 0, blockedUntil: null, notBefore: 0 };
}

/** What a step has cost counts against the pace. */
function paid(state: Verification, { requests, quota }: Cost, askedAt: number, now: number): Verification {
  if (requests === 0) return state;
  const pace = learnFromAnswer(
    countRequest(state.pace, askedAt),
    { askedAt, failed: requests - 1, seen: quota },
    now,
  );
  return { ...state, pace, requests: state.requests + requests };
}
