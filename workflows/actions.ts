import { secondOf, targetOf, type ResetTarget } from '../src/contract/position';
import type { Action, Rejection, ResetAnswer } from '../src/contract/status';
import { iso } from '../src/contract/time';
import { STREAM_NAMES, type StreamName } from '../src/streams';
import { goOn, stop } from './blocked';
import { skippedBy } from './coverage';
import { pagesFrom } from './estimate';
import { withTrouble } from './lane';
import { moment, withStream, type ExportState, type Progress } from './state';
import { earliest, rewind, watermarkOf } from './streamState';

/** The status shows this many of the operators' actions and of the refused signals. */
const REMEMBERED = 10;

// What operators do to an export.

export function pause(state: ExportState, now: number): ExportState {
  if (state.paused) return state;
  const change = { action: 'pause', from: conditionOf(state), to: 'paused' };
  return act({ ...stop(state, now), paused: true }, change, now);
}

/** What failed before is forgotten, and a wait that Zendesk asks for cut short: it is tried as if for the first time. */
export function resume(state: ExportState, now: number): ExportState {
  const { progress } = state;
  const change = { action: 'resume', from: conditionOf(state), to: 'running' };
  const lastError = progress === null ? null : state.lastError;
  const tried = { ...state, paused: false, notBefore: 0, atOnce: true, lastError };
  return act(goOn({ ...tried, progress: progress && withoutTrouble(progress) }, now), change, now);
}

function withoutTrouble(progress: Progress): Progress {
  const lanes = STREAM_NAMES.flatMap((stream) =>
    progress.streams[stream].ranges.map(({ id }) => ({ stream, range: id })),
  );
  return lanes.reduce((before, lane) => withTrouble(before, lane, null), progress);
}

/** A new epoch of a stream, from another place; also tries again what was blocked, and leaves a pause as it is. */
export function reset(state: ExportState, name: StreamName, target: ResetTarget, now: number): ExportState {
  const { progress } = state;
  if (progress === null) return state;
  const { request, nextPage: page } = progress;
  const epoch = progress.epoch + 1;
  const from = JSON.stringify(targetOf(earliest(progress.streams[name]).position));
  const change = { action: 'resetCursor', from, to: JSON.stringify(target) };
  const moved = withStream({ ...progress, epoch, nextPage: page + 1 }, name, (stream) =>
    rewind(stream, target, request, { epoch, page, now }),
  );
  const stoppedAt = state.paused ? now : null;
  return act({ ...state, blocked: null, stoppedAt, progress: moved }, change, now);
}

/** What a reset would mean: the old and the new position, and the pages that will be read from there. */
export function resetMeans(
  { progress }: ExportState,
  name: StreamName,
  target: ResetTarget,
  now: number,
): Omit<ResetAnswer['reset'], 'dryRun'> {
  if (progress === null) return { from: null, to: target, leavesOut: null, estimatedPages: null };
  const { request, streams } = progress;
  const { [name]: stream } = streams;
  const to = secondOf(target);
  const gap = to === null ? null : skippedBy(stream.coverage, watermarkOf(stream), to, request.endTime);
  return {
    from: targetOf(earliest(stream).position),
    to: target,
    leavesOut: gap === null ? null : { from: iso(gap.from), to: iso(gap.to) },
    estimatedPages: pagesFrom(stream, request, target, now),
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

function act(state: ExportState, change: Omit<Action, 'at'>, now: number): ExportState {
  return { ...state, actions: [...state.actions, { ...change, at: moment(now) }].slice(-REMEMBERED) };
}
