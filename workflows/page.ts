import type { PageRequest, PageResult } from '../src/contract/page';
import type { Problem } from '../src/contract/status';
import { goOn } from './blocked';
import type { Failure } from './failure';
import { countRequest, learnFromAnswer } from './pace';
import { askedAt, isPage, isSameLane, sinceItBegan, withTrouble } from './lane';
import { halveRange } from './ranges';
import { withStream, type ExportState, type Progress } from './state';
import { advanceStream, withChangedRange } from './streamState';

// What happens to a page.

/** It has been asked for. */
export function requestPage(
  state: ExportState,
  { stream, key, range }: PageRequest,
  now: number,
): ExportState {
  const { progress } = state;
  if (progress === null) return state;
  const page = { stream, epoch: key.epoch, range, page: key.page, askedAt: now };
  const asked = withStream(progress, stream, (before) => ({
    ...before,
    poll: { ...before.poll, askedAlone: before.ranges.length === 1 },
  }));
  return {
    ...state,
    progress: { ...asked, pace: countRequest(progress.pace, now) },
    underway: [...state.underway, page],
  };
}

/** It has come back; it counts as under way until {@link endPage}. */
export function landPage(state: ExportState, asked: PageRequest, page: PageResult, now: number): ExportState {
  const { progress, blocked } = state;
  if (progress === null) return state;
  const landed = { ...state, progress: advance(progress, asked, page, askedAt(state, asked, now), now) };
  // A page that was wanted shows that all is well again, unless another lane is what has blocked the export.
  const isWell = isOfEpoch(progress, asked) && (blocked === null || isSameLane(blocked.lane, asked));
  return isWell ? goOn({ ...landed, lastError: null }, now) : landed;
}

function advance(
  progress: Progress,
  asked: PageRequest,
  page: PageResult,
  askedAt: number,
  now: number,
): Progress {
  const { request, nextPage, pace } = progress;
  const before = progress.streams[asked.stream];
  const after = advanceStream(before, asked, page, { request, nextPage, askedAt, now });
  return {
    ...withStream(progress, asked.stream, () => after.stream),
    nextPage: after.nextPage,
    pace: learnFromAnswer(pace, { askedAt, failed: page.requests - 1, seen: page.quota }, now),
  };
}

/** Its attempts have failed, and may still pass: it is asked for again. `asked` is null for the preparation. */
export function failAttempts(
  state: ExportState,
  asked: PageRequest | null,
  { problem, retryAfterMs }: Failure,
  now: number,
): ExportState {
  const { progress } = state;
  const held = { ...state, notBefore: Math.max(state.notBefore, now + (retryAfterMs ?? 0)) };
  const lasting = sinceItBegan(state, asked, problem, now);
  if (asked === null) return { ...held, lastError: lasting };
  if (progress === null || !isOfEpoch(progress, asked)) return held;
  return { ...held, progress: withTrouble(progress, asked, lasting) };
}

/** Zendesk could not put a page of this size together: the next one is half as large. */
export function shrinkPage(
  state: ExportState,
  asked: PageRequest,
  problem: Problem,
  now: number,
): ExportState {
  const { progress } = state;
  if (progress === null) return state;
  const halved = withStream(progress, asked.stream, (stream) => {
    const totals = { ...stream.totals, requests: stream.totals.requests + 1 };
    const counted = { ...stream, totals };
    return isOfEpoch(progress, asked) ? withChangedRange(counted, asked.range, halveRange) : counted;
  });
  return { ...state, lastError: sinceItBegan(state, asked, problem, now), progress: halved };
}

/** It is no longer under way, written or not. */
export function endPage(state: ExportState, asked: PageRequest): ExportState {
  const underway = state.underway.filter((page) => !isPage(page, asked));
  return { ...state, underway, atOnce: state.atOnce && asked.atOnce !== true };
}

function isOfEpoch({ streams }: Progress, { stream, key }: PageRequest): boolean {
  return key.epoch === streams[stream].epoch;
}
