import type { PageRequest } from '../src/contract/page';
import type { Problem } from '../src/contract/status';
import type { StreamName } from '../src/streams';
import { sinceItBegan, withTrouble } from './lane';
import { withStream, type ExportState } from './state';
import { noteStops } from './stops';
import type { Block } from './streamState';

/**
 * Only time or an operator can help. The other streams go on.
 * @param asked the page that was refused; null: the preparation
 */
export function block(
  state: ExportState,
  asked: PageRequest | null,
  problem: Problem,
  now: number,
): ExportState {
  if (asked === null) {
    const lasting = state.blocked === null ? sinceItBegan(state, null, problem, now) : problem;
    const blocked = blockOf(lasting, null, state.blocked, now);
    return { ...state, blocked, lastError: { ...problem, since: blocked.since } };
  }
  const { progress } = state;
  if (progress === null) return state;
  const { [asked.stream]: before } = progress.streams;
  const lasting = (before?.blocked ?? null) === null ? sinceItBegan(state, asked, problem, now) : problem;
  const blocked = blockOf(lasting, asked.range, before?.blocked ?? null, now);
  const lastError = { ...problem, since: blocked.since };
  const held = withStream(progress, asked.stream, (stream) => ({
    ...stream,
    blocked,
    unavailable: null,
    lastError,
  }));
  // So that looking again takes one attempt.
  return noteStops({ ...state, progress: withTrouble(held, asked, lastError) }, now);
}

/** @param before what blocked when it was looked again */
function blockOf(problem: Problem, range: number | null, before: Block | null, now: number): Block {
  const same = before?.type === problem.type && before.range === range ? before : undefined;
  const { beganAt = now, since = problem.since } = same ?? {};
  const looks = same === undefined ? 0 : same.looks + 1;
  return {
    ...problem,
    since,
    range,
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

/**
 * It is tried whether what blocks has passed.
 * @param name the stream; null: the preparation
 */
export function lookAgain(state: ExportState, name: StreamName | null): ExportState {
  const looking = (blocked: Block | null): Block | null => blocked && { ...blocked, looking: true };
  if (name === null) return { ...state, blocked: looking(state.blocked) };
  const { progress } = state;
  if (progress === null) return state;
  return {
    ...state,
    progress: withStream(progress, name, (stream) => ({ ...stream, blocked: looking(stream.blocked) })),
  };
}
