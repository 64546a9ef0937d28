import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import type { HandedOver } from '../src/contract/page';
import type { Problem } from '../src/contract/status';
import { iso } from '../src/contract/time';

/** What a failed activity says to the workflow. */
export interface Failure {
  readonly problem: Problem;
  /** Whether it may pass by itself: then the same is asked for again at once. */
  readonly passes: boolean;
  /** Zendesk takes no request for so long. */
  readonly retryAfterMs: number | undefined;
}

/**
 * @param now Unix milliseconds
 * @throws the error when it is none of an activity: a bug, which fails the workflow task until a fixed worker is deployed
 */
export function failureOf(error: unknown, now: number): Failure {
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause = error } = error;
  const isOurs = cause instanceof ApplicationFailure;
  const { attempts = 1, passes = false, retryAfterMs } = handedOver(isOurs ? cause.details?.[0] : undefined);
  const type = isOurs ? (cause.type ?? cause.name) : cause.name;
  const at = iso(Math.floor(now / 1000));
  return { problem: { type, message: cause.message, at, since: at, attempts }, passes, retryAfterMs };
}

/** Older workers, and Temporal's own failures, have no details. */
function handedOver(details: unknown): Partial<HandedOver> {
  return typeof details === 'object' && details !== null ? details : {};
}
