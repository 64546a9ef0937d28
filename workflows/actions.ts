import type { Action, Rejection, ResetAnswer } from '../src/contract/status';
import { skippedBy } from './coverage';
import { pagesFrom } from './estimate';
import type { ResetTarget } from '../src/contract/position';
import { targetOf } from '../src/contract/position';
import { earliest, rewind, secondOf, troubled, watermarkOf, type Progress } from './progress';
import { goOn, moment, stop, type ExportState } from './state';
import { iso } from '../src/contract/time';

/** The status shows this many of the operators' actions and of the refused signals. */
const REMEMBERED = 10;

// What operators do to an export: transitions of its state, like those in `state.ts`.

export function pause(state: ExportState, now: number): ExportState {
  if (state.paused) return state;
  const change = { action: 'pause', from: conditionOf(state), to: 'paused' };
  return acted({ ...stop(state, now), paused: true }, change, now);
}

/** What failed before is forgotten, and a wait that Zendesk asks for cut short: it is tried as if for the first time. */
export function resume(state: ExportState, now: number): ExportState {
  const { progress } = state;
  const change = { action: 'resume', from: conditionOf(state), to: 'running' };
  const fresh =
    progress?.ranges.reduce<Progress>((before, { id }) => troubled(before, id, null), progress) ?? null;
  const lastError = progress === null ? null : state.lastError;
  const tried = { ...state, paused: false, notBefore: 0, atOnce: true, lastError, progress: fresh };
  return acted(goOn(tried, now), change, now);
}

/** A new epoch from another place; it also tries again what was blocked, and leaves a pause as it is. */
export function reset(state: ExportState, target: ResetTarget, now: number): ExportState {
  const { progress } = state;
  if (progress === null) return state;
  const from = JSON.stringify(targetOf(earliest(progress).position));
  const change = { action: 'resetCursor', from, to: JSON.stringify(target) };
  const moved = { ...state, blocked: null, progress: rewind(progress, target, now) };
  return acted(state.paused ? { ...moved, stoppedAt: now } : { ...moved, stoppedAt: null }, change, now);
}

/** What a reset would mean: the old and the new position, and the pages that will be read from there. */
export function resetMeans(
  { progress }: ExportState,
  target: ResetTarget,
  now: number,
): Omit<ResetAnswer['reset'], 'dryRun'> {
  if (progress === null) return { from: null, to: target, leavesOut: null, estimatedPages: null };
  const to = secondOf(target);
  const gap =
    to === null ? null : skippedBy(progress.coverage, watermarkOf(progress), to, progress.request.endTime);
  return {
    from: targetOf(earliest(progress).position),
    to: target,
    leavesOut: gap === null ? null : { from: iso(gap.from), to: iso(gap.to) },
    estimatedPages: pagesFrom(progress, target, now),
  };
}

export function rejectSignal(state: ExportState, signal: string, problem: string, now: number): ExportState {
  const rejection: Rejection = { signal, problem, at: moment(now) };
  return { ...state, rejectedSignals: [...state.rejectedSignals, rejection].slice(-REMEMBERED) };
}

function conditionOf({ paused, blocked }: ExportState): string {
  if (paused) return 'paused';
  return blocked === null ? 'running' : 'blocked';
}

function acted(state: ExportState, change: Omit<Action, 'at'>, now: number): ExportState {
  return { ...state, actions: [...state.actions, { ...change, at: moment(now) }].slice(-REMEMBERED) };
}
