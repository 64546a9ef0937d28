import type { Problem } from '../src/contract/status';

/** What keeps an export from going on until it has passed or an operator has acted. Moments are epoch milliseconds. */
export interface Block extends Problem {
  /** The range whose page was refused; null: the export has not been prepared. */
  readonly range: number | null;
  readonly beganAt: number;
  /** How often it was looked whether that has passed, and when it will be next. */
  readonly looks: number;
  readonly lookAt: number;
  /** Whether such a look is under way. */
  readonly looking: boolean;
}

/** @param before what blocked when it was looked again */
export function blockedBy(problem: Problem, range: number | null, before: Block | null, now: number): Block {
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
