import type { PageRequest } from '../src/contract/page';
import type { Problem } from '../src/contract/status';
import { isSameLane, sinceItBegan, withTrouble } from './lane';
import { STREAM_NAMES } from '../src/streams';
import { withStream, type Block, type ExportState, type Lane, type Progress } from './state';

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
  const lane = asked === null ? null : { stream: asked.stream, range: asked.range };
  const lasting = state.blocked === null ? sinceItBegan(state, asked, problem, now) : problem;
  const blocked = blockOf(lasting, lane, state.blocked, now);
  const lastError = { ...problem, since: blocked.since };
  return {
    ...stop(state, now),
    blocked,
    lastError,
    // So that looking again takes one attempt.
    progress: progress === null || lane === null ? progress : withTrouble(progress, lane, lastError),
  };
}

/** @param before what blocked when it was looked again */
function blockOf(problem: Problem, lane: Lane | null, before: Block | null, now: number): Block {
  const same = before?.type === problem.type && isSameLane(before.lane, lane) ? before : undefined;
  const { beganAt = now, since = problem.since } = same ?? {};
  const looks = same === undefined ? 0 : same.looks + 1;
  return {
    ...problem,
    since,
    lane,
    beganAt,
    looks,
    lookAt: now + pauseMs(looks, now - beganAt),
    looking: false,
  };
}

const MINUTE_MS = 60_000;

/**
 * Every few minutes, because most of it passes in minutes: a failover, expired credentials of an instance, a right that
 * was granted. More rarely the longer it lasts, at last once an hour, so that a month of it stays a small history.
 */
function pauseMs(looks: number, lasted: number): number {
  return Math.min(60 * MINUTE_MS, Math.max(Math.min(5, looks + 1) * MINUTE_MS, lasted / 6));
}

/** It is tried whether what blocks has passed. */
export function lookAgain(state: ExportState): ExportState {
  return state.blocked === null ? state : { ...state, blocked: { ...state.blocked, looking: true } };
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
    progress: progress === null || idleMs === 0 ? progress : withIdleTime(progress, idleMs),
  };
}

function withIdleTime(progress: Progress, idleMs: number): Progress {
  return STREAM_NAMES.reduce(
    (before, name) =>
      withStream(before, name, (stream) => ({
        ...stream,
        poll: { ...stream.poll, idleMs: stream.poll.idleMs + idleMs },
      })),
    progress,
  );
}
