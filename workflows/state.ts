import type { ExportRequest } from '../src/contract/input';
import type { PageRequest, PageSummary } from '../src/contract/page';
import type { Action, Problem, Rejection, ResetAnswer } from '../src/contract/status';
import { withFieldsRead } from './customFields';
import { pagesFrom } from './estimate';
import type { ResetTarget } from './messages';
import { targetOf } from './position';
import { advance, askedForPage, begin, earliest, halve, pollAgain, rewind, type Progress } from './progress';
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
  /** The pages that have been asked for and not come back; at most one of a range. */
  readonly underway: readonly Underway[];
}

export interface Underway {
  readonly epoch: number;
  readonly range: number;
  readonly page: number;
  readonly askedAt: number;
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
    underway: [],
  };
}

export function prepared(
  state: ExportState,
  ready: { readonly request: ExportRequest; readonly searchAttributes: boolean },
  now: number,
): ExportState {
  return { ...state, blocked: null, progress: begin(ready, now) };
}

/** A page has been asked for. */
export function asking(state: ExportState, { key, range }: PageRequest, now: number): ExportState {
  if (state.progress === null) return state;
  const page = { epoch: key.epoch, range, page: key.page, askedAt: now };
  return { ...state, progress: askedForPage(state.progress, now), underway: [...state.underway, page] };
}

/** Whatever became of a page that was asked for: nothing of it is under way any more. */
export function over(state: ExportState, asked: PageRequest): ExportState {
  const underway = state.underway.filter((page) => !isThat(page, asked));
  return { ...state, underway };
}

/** A range has one page under way at most. */
function isThat(page: Underway, { key, range }: Pick<PageRequest, 'key' | 'range'>): boolean {
  return page.epoch === key.epoch && page.range === range;
}

/** A page has come back; it counts as under way until it is {@link over}. */
export function exported(
  state: ExportState,
  asked: PageRequest,
  page: PageSummary,
  now: number,
): ExportState {
  const { progress } = state;
  if (progress === null) return state;
  const askedAt = state.underway.find((page) => isThat(page, asked))?.askedAt ?? now;
  // A page that was wanted shows that all is well again, unless another range is what has blocked the export.
  const isWell = asked.key.epoch === progress.epoch && state.blocked === null;
  const lastError = isWell ? null : state.lastError;
  return { ...state, lastError, progress: advance(progress, asked, page, { askedAt, now }) };
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
export function halved(state: ExportState, asked: PageRequest, problem: Problem): ExportState {
  const { progress } = state;
  return progress === null ? state : { ...state, lastError: problem, progress: halve(progress, asked) };
}

export function blocked(state: ExportState, problem: Problem): ExportState {
  return { ...state, blocked: problem, lastError: problem };
}

export function paused(state: ExportState, now: number): ExportState {
  if (state.paused) return state;
  const change = { action: 'pause', from: conditionOf(state), to: 'paused' };
  return acted({ ...state, paused: true }, change, now);
}

export function resumed(state: ExportState, now: number): ExportState {
  const change = { action: 'resume', from: conditionOf(state), to: 'running' };
  return acted({ ...state, paused: false, blocked: null }, change, now);
}

/** A new epoch from another place; it also tries again what was blocked, and leaves a pause as it is. */
export function reset(state: ExportState, target: ResetTarget, now: number): ExportState {
  const { progress } = state;
  if (progress === null) return state;
  const from = JSON.stringify(targetOf(earliest(progress).position));
  const change = { action: 'resetCursor', from, to: JSON.stringify(target) };
  return acted({ ...state, blocked: null, progress: rewind(progress, target, now) }, change, now);
}

/** What a reset would mean: the old and the new position, and the pages that will be read from there. */
export function resetMeans(
  { progress }: ExportState,
  target: ResetTarget,
  now: number,
): Omit<ResetAnswer['reset'], 'dryRun'> {
  const from = progress === null ? null : targetOf(earliest(progress).position);
  return { from, to: target, estimatedPages: progress === null ? null : pagesFrom(progress, target, now) };
}

export function rejected(state: ExportState, signal: string, problem: string, now: number): ExportState {
  const rejection: Rejection = { signal, problem, at: moment(now) };
  return { ...state, rejectedSignals: [...state.rejectedSignals, rejection].slice(-REMEMBERED) };
}

/** ISO 8601 for a moment of the workflow's clock. */
export function moment(now: number): string {
  return iso(Math.floor(now / 1000));
}

function conditionOf({ paused, blocked }: ExportState): string {
  if (paused) return 'paused';
  return blocked === null ? 'running' : 'blocked';
}

function acted(state: ExportState, change: Omit<Action, 'at'>, now: number): ExportState {
  return { ...state, actions: [...state.actions, { ...change, at: moment(now) }].slice(-REMEMBERED) };
}
