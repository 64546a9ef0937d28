import {
  MOST_IDS,
  type Cost,
  type Difference,
  type Found,
  type Place,
  type VerificationRequest,
  type Window,
} from '../src/contract/verification';
import type { Problem, Rejection } from '../src/contract/status';
import { countRequest, learnFromAnswer, PACES, type Pace } from './pace';
import type { Range } from './ranges';

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
  /** What is read again: null before and after; absent in verifications from before there was that. */
  readonly reading?: RereadPlace | null;
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
export interface RereadPlace {
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

export function succeeded(state: Verification): Verification {
  return { ...state, lastError: null, failedBefore: 0, blockedUntil: null, notBefore: 0 };
}

export function addFound(all: Verification['found'], more: Verification['found']): Verification['found'] {
  const added = (kind: Difference): Found => ({
    count: all[kind].count + more[kind].count,
    ids: [...all[kind].ids, ...more[kind].ids].slice(0, MOST_IDS),
  });
  return { missing: added('missing'), stale: added('stale'), extra: added('extra') };
}

/** What a step has cost counts against the pace. */
export function paid(state: Verification, cost: Cost, askedAt: number, now: number): Verification {
  const pace = paceAfter(state.pace, cost, askedAt, now);
  return { ...state, pace, requests: state.requests + cost.requests };
}

export function paceAfter(pace: Pace, { requests, quota }: Cost, askedAt: number, now: number): Pace {
  if (requests === 0) return pace;
  return learnFromAnswer(countRequest(pace, askedAt), { askedAt, failed: requests - 1, seen: quota }, now);
}
