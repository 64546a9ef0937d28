import type { StreamRequest } from '../src/contract/request';
import {
  DIFFERENCES,
  MOST_IDS,
  MOST_SHOWN,
  type Compared,
  type Confirmed,
  type Cost,
  type Difference,
  type Found,
  type Place,
  type Reread,
  type RereadRequest,
  type VerificationRequest,
  type Window,
} from '../src/contract/verification';
import { MOST_PER_PAGE } from '../src/contract/page';
import type { Problem, Rejection } from '../src/contract/status';
import { firstWindows, halvesOf, isSplittable } from '../src/verify/windows';
import type { Failure } from './failure';
import { countRequest, freeAt, learnFromAnswer, PACES, type Pace } from './pace';
import { advanceRange, halveRange, passesEnd, rangeFrom, type Range } from './ranges';

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
  /** What is read again: null before and after; absent in verifications of before there was that. */
  readonly reading?: Reading | null;
  /** Ids of records that seem to differ, and wait to be confirmed. */
  readonly candidates: readonly number[];
  /** Numbers the steps that may repair. */
  readonly step: number;
  readonly pace: Pace;
  /** Of the export's quota. */
  readonly exportPace?: Pace;
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

/** How far the export has been read again. */
export interface Reading {
  readonly range: Range;
  /** Rows up to here have been looked up. */
  readonly after: Place;
}

const NONE: Found = { count: 0, ids: [] };

export function initialVerification(now: number): Verification {
  return {
    version: VERIFICATION_VERSION,
    startedAt: now,
    request: null,
    windows: [],
    reading: null,
    candidates: [],
    step: 1,
    pace: PACES.account,
    exportPace: PACES.export,
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
  | { readonly kind: 'reread'; readonly request: Rereadable; readonly reading: Reading }
  | { readonly kind: 'confirm'; readonly request: VerificationRequest; readonly ids: readonly number[] }
  | { readonly kind: 'record'; readonly request: VerificationRequest }
  | { readonly kind: 'end' };

type Rereadable = VerificationRequest & Required<Pick<VerificationRequest, 'reread'>>;

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
  const isReread = step.kind === 'reread';
  const { pace, exportPace = PACES.export } = state;
  const bucket = isReread ? 'export' : 'account';
  const bounds = { bucket, perMinute: request.requestsPerMinute, underway: 0 } as const;
  const free = freeAt(isReread ? exportPace : pace, bounds, now);
  return free > now ? { kind: 'wait', reason: 'quota', until: free } : step;
}

type Work = Extract<VerificationStep, { kind: 'compare' | 'reread' | 'confirm' | 'record' }>;

function nextWork({ windows, reading, candidates }: Verification, request: VerificationRequest): Work {
  const window = windows.at(-1);
  const { reread } = request;
  // Soon, so that few are carried along; but of a page that is read again hardly any seems to be gone.
  const isEnough = candidates.length >= (reading ? MOST_SHOWN : 1);
  if (isEnough) return { kind: 'confirm', request, ids: candidates.slice(0, MOST_SHOWN) };
  if (reading && reread !== undefined) return { kind: 'reread', request: { ...request, reread }, reading };
  return window === undefined ? { kind: 'record', request } : { kind: 'compare', request, window };
}

export function landPreparation(state: Verification, request: VerificationRequest): Verification {
  const { reread, from, to } = request;
  if (reread === undefined) return { ...succeeded(state), request, windows: firstWindows(request) };
  const range = rangeFrom({ id: 0, page: 1 }, { endpoint: reread.endpoint, startTime: from }, to - 1, {
    perPage: MOST_PER_PAGE,
  });
  return {
    ...succeeded(state),
    request,
    reading: from < to ? { range, after: { second: from, id: 0 } } : null,
  };
}

/** What a page that is read again is asked for with. */
export function rereadRequest(
  { request, reading }: Extract<VerificationStep, { kind: 'reread' }>,
  { verificationId, step, failedBefore }: Pick<RereadRequest, 'verificationId' | 'step' | 'failedBefore'>,
): RereadRequest {
  const { subdomain, repair, supportTypeScope, reread, to } = request;
  const { position, perPage } = reading.range;
  if (position.endpoint === 'list') throw new Error('tickets are not a list');
  return {
    subdomain,
    repair,
    supportTypeScope,
    position,
    perPage,
    until: to - 1,
    after: reading.after,
    byUpdate: reread.byUpdate,
    verificationId,
    step,
    failedBefore,
  };
}

/** A page was compared, or is to be asked for again because more of its rows are gone than it could name. */
export function landReread(
  state: Verification,
  { request, reading }: Extract<VerificationStep, { kind: 'reread' }>,
  result: Reread,
  askedAt: number,
  now: number,
): Verification {
  const { page, isWhole, after, unreadable } = result;
  const { exportPace = PACES.export } = state;
  const looked: Verification = {
    ...succeeded(state),
    step: state.step + 1,
    exportPace: paceAfter(exportPace, page, askedAt, now),
    requests: state.requests + page.requests,
    candidates: [...state.candidates, ...result.candidates],
    found: addFound(state.found, result.found),
    repaired: state.repaired + result.repaired,
    unconfirmed: state.unconfirmed + unreadable,
    compared: state.compared + result.compared,
  };
  if (!isWhole) return { ...looked, reading: { ...reading, after } };
  const { position, perPage } = reading.range;
  const key = { exportId: 'verify', epoch: 0, page: state.step };
  const asked = streamRequestOf(request, position.endpoint === 'time' ? 'time' : 'cursor');
  const range = advanceRange(reading.range, { key, position, perPage }, page, {
    request: asked,
    nextPage: state.step + 1,
  });
  const isOver = page.endOfStream || passesEnd(reading.range, page, asked);
  return {
    ...looked,
    windowsCompared: state.windowsCompared + (page.pinned ? 0 : 1),
    reading: isOver ? null : { range, after },
  };
}

/** @param endpoint the one in use: a second of many leads to the cursor's, which then stays, for it shows each version once */
function streamRequestOf({ to }: VerificationRequest, endpoint: StreamRequest['endpoint']): StreamRequest {
  return { endTime: to - 1, perPage: MOST_PER_PAGE, ranges: 1, endpoint, hasCursor: true, isOrdered: true };
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

function addFound(all: Verification['found'], more: Verification['found']): Verification['found'] {
  const added = (kind: Difference): Found => ({
    count: all[kind].count + more[kind].count,
    ids: [...all[kind].ids, ...more[kind].ids].slice(0, MOST_IDS),
  });
  return { missing: added('missing'), stale: added('stale'), extra: added('extra') };
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
  if (problem.type === 'PageTooHeavy' && step.kind === 'reread') {
    const { reading } = step;
    return {
      ...succeeded(state),
      reading: { ...reading, range: halveRange(reading.range, { hasCursor: true }) },
    };
  }
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
function paid(state: Verification, cost: Cost, askedAt: number, now: number): Verification {
  const pace = paceAfter(state.pace, cost, askedAt, now);
  return { ...state, pace, requests: state.requests + cost.requests };
}

function paceAfter(pace: Pace, { requests, quota }: Cost, askedAt: number, now: number): Pace {
  if (requests === 0) return pace;
  return learnFromAnswer(countRequest(pace, askedAt), { askedAt, failed: requests - 1, seen: quota }, now);
}
