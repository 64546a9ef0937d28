import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ResetAnswer, Status } from '../src/contract/status';
import { UnreadablePayload } from './payloadConverter';
import type { ResetTarget } from '../src/contract/position';
import { isCursor, LONGEST_CURSOR, placeOf } from '../src/contract/position';
import {
  CLOCK_SKEW_SECONDS,
  HOLD_BACK_SECONDS,
  iso,
  describeBadTime,
  parseTime,
  echo,
} from '../src/contract/time';

export const pauseSignal = defineSignal<[unknown?]>('pause');
export const resumeSignal = defineSignal<[unknown?]>('resume');
export const resetCursorSignal = defineSignal<[unknown?]>('resetCursor');

/** The same three, answered with the new status or with what is wrong; a reset also with what it means. */
export const pauseUpdate = defineUpdate<Status, [unknown?]>('pause');
export const resumeUpdate = defineUpdate<Status, [unknown?]>('resume');
export const resetCursorUpdate = defineUpdate<ResetAnswer, [unknown?]>('resetCursor');

export const statusQuery = defineQuery<Status>('status');

/** What people read of them in the Web UI and with `temporal workflow metadata`. */
export const DESCRIPTIONS = {
  pause: 'Stop asking Zendesk for pages; takes effect at once, the place is kept',
  resume: 'Go on after a pause, or try again after a block',
  resetCursor:
    'Read again from {"startTime": "2024-06-01T00:00:00Z"} or {"cursor": "…"}; as an update with "dryRun": true only tell what that would mean',
  status: 'How far, how fast, what it waits for',
} as const;

export interface Reset {
  readonly target: ResetTarget;
  /** Only answers what it would mean. */
  readonly dryRun: boolean;
}

export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

const LONGEST_REASON = 200;

/**
 * Checks the payload of `resetCursor`. Serves the signal, which must never throw, and the update's validator.
 * @param now Unix seconds
 */
export function checkReset(payload: unknown, now: number): Checked<Reset> {
  if (payload instanceof UnreadablePayload) return unreadable(payload);
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    return refused(`takes {"startTime": …} or {"cursor": "…"}, not ${echo(payload)}`);
  }
  const { startTime, cursor, dryRun = false, ...unknown } = payload as Record<string, unknown>;
  const keys = Object.keys(unknown);
  if (keys.length > 0)
    return refused(
      `does not know ${keys.join(', ').slice(0, 100)}; it takes startTime or cursor, and dryRun`,
    );
  if ((startTime === undefined) === (cursor === undefined))
    return refused(`takes one of startTime and cursor, not ${cursor === undefined ? 'neither' : 'both'}`);
  if (typeof dryRun !== 'boolean') return refused(`dryRun must be true or false, not ${echo(dryRun)}`);
  const target = cursor === undefined ? checkStartTime(startTime, now) : checkCursor(cursor, now);
  return target.ok ? { ok: true, value: { target: target.value, dryRun } } : target;
}

function checkStartTime(startTime: unknown, now: number): Checked<ResetTarget> {
  const seconds = parseTime(startTime);
  if (seconds === undefined) return refused(`startTime ${describeBadTime(startTime)}`);
  if (seconds > now) return refused(`startTime ${iso(seconds)} is in the future (now ${iso(now)})`);
  return { ok: true, value: { startTime: Math.min(seconds, now - HOLD_BACK_SECONDS) } };
}

function checkCursor(cursor: unknown, now: number): Checked<ResetTarget> {
  if (typeof cursor !== 'string' || !isCursor(cursor)) {
    return refused(
      `cursor must be a Zendesk cursor: text without spaces, at most ${LONGEST_CURSOR} characters`,
    );
  }
  const second = placeOf(cursor)?.second ?? 0;
  return second > now + CLOCK_SKEW_SECONDS
    ? refused(`cursor stands for ${iso(second)}, which is in the future (now ${iso(now)})`)
    : { ok: true, value: { cursor } };
}

/** What is said of a payload that nobody can check. */
export function unreadable(payload: unknown): { readonly ok: false; readonly problem: string } {
  const reason =
    payload instanceof UnreadablePayload ? payload.unreadable : 'it could not be decrypted when it came';
  return refused(`payload cannot be read: ${reason.slice(0, LONGEST_REASON)}`);
}

function refused(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: `resetCursor ${problem}` };
}
