import type { ExportRequest } from '../src/contract/input';
import type { PageRequest, PageSummary } from '../src/contract/page';
import type { Action, Problem, Rejection } from '../src/contract/status';
import { withFieldsRead } from './customFields';
import type { ResetTarget } from './messages';
import { advance, begin, halve, pollAgain, rewind, type Progress } from './progress';
import { iso } from './time';

/**
 * All that an export remembers, carried through continue-as-new: plain JSON, changed only by the functions below.
 * Moments are epoch milliseconds of the workflow's clock; Zendesk's times are epoch seconds.
 */
export interface ExportState {
  readonly startedAt: number;
  readonly paused: boolean;
  /** What an operator has to mend; the place is held until `resume` or `resetCursor`. */
  readonly blocked: Problem | null;
  readonly lastError: Problem | null;
  readonly actions: readonly Action[];
  readonly rejectedSignals: readonly Rejection[];
  /** Null until `prepareExport` has accepted the input. */
  readonly progress: Progress | null;
  /** Since when a page has been asked for; null when none is under way. */
  readonly askedAt: number | null;
}

/** The status shows this many of the operators' actions and of the refused signals. */
const REMEMBERED = 10;

export function initialState(now: number): ExportState {
  return {
    startedAt: now,
    paused: false,
    blocked: null,
    lastError: null,
    actions: [],
    rejectedSignals: [],
    progress: null,
    askedAt: null,
  };
}

export function prepared(
  state: ExportState,
  ready: { readonly request: ExportRequest; readonly searchAttributes: boolean },
  now: number,
): ExportState {
  return { ...state, blocked: null, progress: begin(ready, now) };
}

export function exported(
  state: ExportState,
  asked: PageRequest,
  page: PageSummary,
  times: { readonly askedAt: number; readonly now: number },
): ExportState {
  const { progress } = state;
  if (progress === null) return state;
  const wanted = asked.key.epoch === progress.epoch;
  const lastError = wanted ? null : state.lastError;
  return { ...state, lastError, progress: advance(progress, asked, page, times) };
}

/** The custom fields have been read; `null`: they could not be. */
export function described(state: ExportState, asText: number | null, now: number): ExportState {
  return state.progress === null
    ? state
    : { ...state, progress: withFieldsRead(state.progress, asText, now) };
}

export function polling(state: ExportState, now: number): ExportState {
  return state.progress === null ? state : { ...state, progress: pollAgain(state.progress, now) };
}

/** Zendesk could not put a page of this size together. */
export function halved(state: ExportState, problem: Problem): ExportState {
  const { progress, askedAt } = state;
  if (progress === null || askedAt === null) return state;
  return { ...state, lastError: problem, progress: halve(progress, askedAt) };
}

export function blocked(state: ExportState, problem: Problem): ExportState {
  return { ...state, blocked: problem, lastError: problem };
}

export function paused(state: ExportState, now: number): ExportState {
  return state.paused ? state : acted({ ...state, paused: true }, 'pause', null, now);
}

export function resumed(state: ExportState, now: number): ExportState {
  return acted({ ...state, paused: false, blocked: null }, 'resume', null, now);
}

/** A new epoch from another place; it also tries again what was blocked, and leaves a pause as it is. */
export function reset(state: ExportState, target: ResetTarget, now: number): ExportState {
  const { progress } = state;
  if (progress === null) return state;
  const moved = { ...state, blocked: null, progress: rewind(progress, target, now) };
  return acted(moved, 'resetCursor', JSON.stringify(target), now);
}

export function rejected(state: ExportState, signal: string, problem: string, now: number): ExportState {
  const rejection: Rejection = { signal, problem, at: moment(now) };
  return { ...state, rejectedSignals: [...state.rejectedSignals, rejection].slice(-REMEMBERED) };
}

/** ISO 8601 for a moment of the workflow's clock. */
export function moment(now: number): string {
  return iso(Math.floor(now / 1000));
}

function acted(state: ExportState, action: string, detail: string | null, now: number): ExportState {
  return { ...state, actions: [...state.actions, { action, detail, at: moment(now) }].slice(-REMEMBERED) };
}
