import { secondOf, targetOf, type ResetTarget } from '../src/contract/position';
import { bucketOf, streamRequest } from '../src/contract/request';
import type { Action, Rejection, ResetAnswer } from '../src/contract/status';
import { iso } from '../src/contract/time';
import type { StreamName } from '../src/streams';
import type { Bucket } from '../src/streams/stream';
import { skippedBy } from './coverage';
import { pagesFrom } from './estimate';
import { begin } from './preparation';
import type { Pace } from './pace';
import {
  isoOf,
  streamsOf,
  withStream,
  withStreams,
  type ExportState,
  type Progress,
  type Streams,
} from './state';
import { noteStops } from './stops';
import { rewind } from './incremental';
import { earliest, watermarkOf, type StreamState } from './streamState';
import { restartSweep } from './sweep';

/** The status shows this many of the operators' actions and of the refused signals. */
const REMEMBERED = 10;

// What operators do to an export, or to one stream of it; `null` stands for all of it.

export function pause(state: ExportState, now: number, name: StreamName | null = null): ExportState {
  const { paused: isPaused = false } = name === null ? state : (state.progress?.streams[name] ?? {});
  if (isPaused) return state;
  const paused =
    name === null
      ? { ...state, paused: true }
      : withProgress(state, (progress) =>
          withStream(progress, name, (stream) => ({ ...stream, paused: true })),
        );
  const change = { action: 'pause', stream: name, from: conditionOf(state, name), to: 'paused' };
  return act(noteStops(paused, now), change, now);
}

/** What failed before is forgotten, and a wait that Zendesk asks for cut short: it is tried as if for the first time. */
export function resume(state: ExportState, now: number, name: StreamName | null = null): ExportState {
  const tried = withProgress(state, (progress) => withoutWaits(resumeStreams(progress, name), name));
  const all = {
    paused: false,
    blocked: null,
    notBefore: 0,
    ...(state.progress === null ? { lastError: null } : {}),
  };
  const after = name === null ? { ...tried, ...all } : tried;
  // A stream that is resumed while all is paused stays so.
  const change = {
    action: 'resume',
    stream: name,
    from: conditionOf(state, name),
    to: conditionOf(after, name),
  };
  return act(noteStops(after, now), change, now);
}

function resumeStreams(progress: Progress, name: StreamName | null): Progress {
  return name === null ? withStreams(progress, resumed) : withStream(progress, name, resumed);
}

function resumed(stream: StreamState): StreamState {
  const ranges = stream.ranges.map((range) => ({ ...range, trouble: null }));
  return { ...stream, paused: false, blocked: null, unavailable: null, ranges };
}

/** Of the limits that a stream counts against; of all of them where none is named. */
function withoutWaits(progress: Progress, name: StreamName | null): Progress {
  const buckets = new Set<Bucket>(
    name === null
      ? ['export', 'users', 'account']
      : (progress.streams[name]?.ranges ?? []).map(({ position }) => bucketOf(name, position)),
  );
  const free = (bucket: Bucket): Pace => {
    const { [bucket]: pace } = progress.paces;
    return buckets.has(bucket) ? { ...pace, notBefore: 0, atOnce: true } : pace;
  };
  return { ...progress, paces: { export: free('export'), users: free('users'), account: free('account') } };
}

/**
 * A new epoch of a stream, from another place; also tries again what was blocked, and leaves a pause as it is.
 * @param target null for a list, which is read again from its beginning
 */
export function reset(
  state: ExportState,
  name: StreamName,
  target: ResetTarget | null,
  now: number,
): ExportState {
  const { progress } = state;
  const before = progress?.streams[name];
  if (progress === null || before === undefined) return state;
  const { nextPage: page } = progress;
  const epoch = progress.epoch + 1;
  const change = { action: 'resetCursor', stream: name, from: placeOf(before), to: nameOf(target) };
  const beginning = { epoch, page, now };
  const moved = withStream({ ...progress, epoch, nextPage: page + 1 }, name, (stream) => ({
    ...(target === null
      ? restartSweep(stream, beginning)
      : rewind(stream, target, streamRequest(progress.request, name), beginning)),
    stoppedAt: null,
  }));
  return act(noteStops({ ...state, progress: moved }, now), change, now);
}

function placeOf(stream: StreamState): string {
  const { position } = earliest(stream);
  return position.endpoint === 'list' ? `the sweep of ${iso(position.sweep)}` : nameOf(targetOf(position));
}

function nameOf(target: ResetTarget | null): string {
  return target === null ? 'a new sweep' : JSON.stringify(target);
}

/** What a reset would mean: the old and the new position, and the pages that will be read from there. */
export function resetMeans(
  { progress }: ExportState,
  name: StreamName,
  target: ResetTarget | null,
  now: number,
): Omit<ResetAnswer['reset'], 'dryRun'> {
  const stream = progress?.streams[name];
  if (progress === null || stream === undefined || target === null)
    return { from: null, to: target, leavesOut: null, estimatedPages: null };
  const request = streamRequest(progress.request, name);
  const to = secondOf(target);
  const gap = to === null ? null : skippedBy(stream.coverage, watermarkOf(stream), to, request.endTime);
  return {
    from: targetOf(earliest(stream).position),
    to: target,
    leavesOut: gap === null ? null : { from: iso(gap.from), to: iso(gap.to) },
    estimatedPages: pagesFrom(stream, request, target, now),
  };
}

/** It begins where the export was asked to, wherever the others are by now. */
export function addStream(state: ExportState, name: StreamName, now: number): ExportState {
  const { progress } = state;
  if (progress === null || progress.streams[name] !== undefined) return state;
  const { nextPage: page } = progress;
  const request = { ...progress.request, streams: [...progress.request.streams, name] };
  const epoch = progress.epoch + 1;
  const begun = begin({ ...request, continued: {} }, name, { epoch, page, now });
  const streams: Streams = { ...progress.streams, [name]: begun };
  const added = { ...progress, request, streams, epoch, nextPage: page + 1 };
  const after = { ...state, progress: added };
  const change = { action: 'addStream', stream: name, from: 'absent', to: conditionOf(after, name) };
  return act(noteStops(after, now), change, now);
}

/** Its table stays. */
export function removeStream(state: ExportState, name: StreamName, now: number): ExportState {
  const { progress } = state;
  if (progress === null) return state;
  const { [name]: removed, ...streams } = progress.streams;
  if (removed === undefined) return state;
  const request = { ...progress.request, streams: progress.request.streams.filter((one) => one !== name) };
  const change = { action: 'removeStream', stream: name, from: conditionOf(state, name), to: 'absent' };
  return act({ ...state, progress: { ...progress, request, streams } }, change, now);
}

export function rejectSignal(state: ExportState, signal: string, problem: string, now: number): ExportState {
  const rejection: Rejection = { signal, problem, at: isoOf(now) };
  return { ...state, rejectedSignals: [...state.rejectedSignals, rejection].slice(-REMEMBERED) };
}

function withProgress(state: ExportState, change: (progress: Progress) => Progress): ExportState {
  return state.progress === null ? state : { ...state, progress: change(state.progress) };
}

function conditionOf({ paused, blocked, progress }: ExportState, name: StreamName | null): string {
  const streams = progress === null ? [] : streamsOf(progress);
  const meant = streams.filter(([one]) => name === null || one === name).map(([, stream]) => stream);
  if (paused || (name !== null && meant.some((stream) => stream.paused))) return 'paused';
  return blocked !== null || meant.some((stream) => stream.blocked !== null) ? 'blocked' : 'running';
}

function act(state: ExportState, change: Omit<Action, 'at'>, now: number): ExportState {
  return { ...state, actions: [...state.actions, { ...change, at: isoOf(now) }].slice(-REMEMBERED) };
}
