import type { ExportRequest } from '../src/contract/request';
import type { PageRequest, PageResult } from '../src/contract/page';
import type { Action, Problem, Rejection } from '../src/contract/status';
import { blockedBy, type Block } from './blocked';
import { withFieldsFailed, withFieldsRead, type Reading } from './customFields';
import type { Failure } from './failure';
import {
  advance,
  askedForPage,
  begin,
  halve,
  idled,
  isCaughtUp,
  pollAgain,
  troubled,
  type Progress,
} from './progress';
import { iso } from '../src/contract/time';

/**
 * All that an export remembers, carried through continue-as-new: plain JSON, changed only by the functions below, and by
 * what operators do (`actions.ts`).
 * Moments are epoch milliseconds of the workflow's clock; Zendesk's times are epoch seconds.
 */
export interface ExportState {
  readonly startedAt: number;
  readonly paused: boolean;
  /** The place is held until that has passed, or until `resume` or `resetCursor`. */
  readonly blocked: Block | null;
  /** When the pause or the block began; null while there is none. */
  readonly stoppedAt: number | null;
  /** How it ended, where not by reading everything. */
  readonly ended: 'cancelled' | 'failed' | null;
  readonly lastError: Problem | null;
  /** Zendesk takes no request before; 0: at any time. */
  readonly notBefore: number;
  /** An operator has resumed the export and nothing has come back since: the worker need not wait for that time either. */
  readonly atOnce: boolean;
  readonly actions: readonly Action[];
  readonly rejectedSignals: readonly Rejection[];
  /** Null until `prepareExport` has accepted the input. */
  readonly progress: Progress | null;
  /** The pages that have been asked for and not come back; at most one of a range. */
  readonly underway: readonly Underway[];
  /** The reading of the account's custom fields that is under way, and whether the export had not caught up before it. */
  readonly describing: { readonly early: boolean } | null;
}

export interface Underway {
  readonly epoch: number;
  readonly range: number;
  readonly page: number;
  readonly askedAt: number;
}

export function initialState(now: number): ExportState {
  return {
    startedAt: now,
    paused: false,
    blocked: null,
    stoppedAt: null,
    ended: null,
    lastError: null,
    notBefore: 0,
    atOnce: false,
    actions: [],
    rejectedSignals: [],
    progress: null,
    underway: [],
    describing: null,
  };
}

export function prepare(
  state: ExportState,
  ready: { readonly request: ExportRequest; readonly searchAttributes: boolean },
  now: number,
): ExportState {
  return { ...state, blocked: null, stoppedAt: null, lastError: null, progress: begin(ready, now) };
}

/** A page has been asked for. */
export function requestPage(state: ExportState, { key, range }: PageRequest, now: number): ExportState {
  if (state.progress === null) return state;
  const page = { epoch: key.epoch, range, page: key.page, askedAt: now };
  return { ...state, progress: askedForPage(state.progress, now), underway: [...state.underway, page] };
}

/** Whatever became of a page that was asked for: nothing of it is under way any more. */
export function endPage(state: ExportState, asked: PageRequest): ExportState {
  const underway = state.underway.filter((page) => !isThat(page, asked));
  return { ...state, underway, atOnce: state.atOnce && asked.atOnce !== true };
}

/** A range has one page under way at most. */
function isThat(page: Underway, { key, range }: Pick<PageRequest, 'key' | 'range'>): boolean {
  return page.epoch === key.epoch && page.range === range;
}

function askedAt({ underway }: ExportState, asked: PageRequest, now: number): number {
  return underway.find((page) => isThat(page, asked))?.askedAt ?? now;
}

/** A page has come back; it counts as under way until it is {@link endPage}. */
export function landPage(state: ExportState, asked: PageRequest, page: PageResult, now: number): ExportState {
  const { progress, blocked } = state;
  if (progress === null) return state;
  const next = advance(progress, asked, page, { askedAt: askedAt(state, asked, now), now });
  // A page that was wanted shows that all is well again, unless another range is what has blocked the export.
  const isWell = asked.key.epoch === progress.epoch && (blocked === null || blocked.range === asked.range);
  return isWell ? goOn({ ...state, lastError: null, progress: next }, now) : { ...state, progress: next };
}

/** What an activity was begun for has failed, and may still pass: it is begun again. */
export function failAttempts(
  state: ExportState,
  asked: PageRequest | null,
  { problem, retryAfterMs }: Failure,
  now: number,
): ExportState {
  const { progress } = state;
  const held = { ...state, notBefore: Math.max(state.notBefore, now + (retryAfterMs ?? 0)) };
  if (asked === null) {
    const before = state.lastError?.type === problem.type ? state.lastError : null;
    return { ...held, lastError: lasting(problem, before, problem.at) };
  }
  if (progress === null || asked.key.epoch !== progress.epoch) return held;
  const before = progress.ranges.find(({ id }) => id === asked.range)?.trouble ?? null;
  const trouble = lasting(problem, before, moment(askedAt(state, asked, now)));
  return { ...held, progress: troubled(progress, asked.range, trouble) };
}

/** @param began of a trouble that is new */
function lasting(problem: Problem, before: Problem | null, began: string): Problem {
  return { ...problem, since: before?.since ?? began };
}

/** The custom fields are being read. */
export function startReadingFields(state: ExportState): ExportState {
  return { ...state, describing: { early: state.progress !== null && !isCaughtUp(state.progress) } };
}

/** They have been read. */
export function landFields(state: ExportState, read: Reading, now: number): ExportState {
  const { progress } = state;
  if (progress === null) return state;
  const { early } = state.describing ?? startReadingFields(state).describing ?? { early: true };
  return { ...state, progress: withFieldsRead(progress, read, early, now) };
}

/** They could not be. */
export function failFields(state: ExportState, problem: string, now: number): ExportState {
  const { progress } = state;
  return progress === null ? state : { ...state, progress: withFieldsFailed(progress, problem, now) };
}

/** Whatever became of it: their reading is over. */
export function endReadingFields(state: ExportState): ExportState {
  return { ...state, describing: null };
}

export function startPoll(state: ExportState, now: number): ExportState {
  return state.progress === null ? state : { ...state, progress: pollAgain(state.progress, now) };
}

/** Zendesk could not put a page of this size together. */
export function shrinkPage(state: ExportState, asked: PageRequest, problem: Problem): ExportState {
  const { progress } = state;
  return progress === null ? state : { ...state, lastError: problem, progress: halve(progress, asked) };
}

/**
 * Only time or an operator can help.
 * @param asked the page that was refused; null: the preparation
 */
export function block(
  state: ExportState,
  asked: PageRequest | null,
  problem: Problem,
  now: number,
): ExportState {
  const { progress } = state;
  const block = blockedBy(problem, asked?.range ?? null, state.blocked, now);
  const lastError = { ...problem, since: block.since };
  return {
    ...stop(state, now),
    blocked: block,
    lastError,
    // So that looking again takes one attempt.
    progress: progress === null || asked === null ? progress : troubled(progress, asked.range, lastError),
  };
}

/** It is tried whether what blocks has passed. */
export function lookAgain(state: ExportState): ExportState {
  return state.blocked === null ? state : { ...state, blocked: { ...state.blocked, looking: true } };
}

/** Nothing more will be read. */
export function end(state: ExportState, how: NonNullable<ExportState['ended']>): ExportState {
  return { ...state, ended: how };
}

/** So does what ends an export instead of blocking it. */
export function fail(state: ExportState, problem: Problem): ExportState {
  return { ...end(state, 'failed'), blocked: null, lastError: problem };
}

/** Nothing is read for a while, because of a pause or a block. */
export function stop(state: ExportState, now: number): ExportState {
  return { ...state, stoppedAt: state.stoppedAt ?? now };
}

/** Not blocked any more. The time of a pause or block does not count as reading. */
export function goOn(state: ExportState, now: number): ExportState {
  const { progress, stoppedAt } = state;
  if (state.paused) return { ...state, blocked: null };
  const idleMs = stoppedAt === null ? 0 : now - stoppedAt;
  return {
    ...state,
    blocked: null,
    stoppedAt: null,
    progress: progress === null || idleMs === 0 ? progress : idled(progress, idleMs),
  };
}

/** ISO 8601 for a moment of the workflow's clock. */
export function moment(now: number): string {
  return iso(Math.floor(now / 1000));
}
