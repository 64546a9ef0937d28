import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import type { Attempt } from '../src/export/checkpoint';
import { toActivityFailure } from './failures';
import { handOver, workerLost } from './handOver';

/** A worker that died is noticed by this silence alone; the heartbeat timeout is 10 s. */
const BEAT_MS = 2000;

/** How an attempt is made. */
export interface AttemptOptions {
  /** Attempts that earlier activities for the same have handed over as failed. */
  readonly failedBefore?: number;
  /** Whether a smaller page can be asked for. */
  readonly canShrink?: boolean;
}

/**
 * Runs one attempt of an activity: beats while it works, and says what its failure means to Temporal.
 * @param failed gets that failure, and what it was made from
 */
export async function attemptTo<T>(
  work: (attempt: Attempt, signal: AbortSignal) => Promise<T>,
  failed: (failure: ApplicationFailure, error: unknown) => void,
  { failedBefore = 0, canShrink = false }: AttemptOptions = {},
): Promise<T> {
  const { attempt: own, activityId, workflowExecution } = activityInfo();
  const attempt = failedBefore + own;
  const lost = workerLost(failedBefore, own);
  if (lost !== undefined) throw lost;
  const signal = cancellationSignal();
  const beat = setInterval(heartbeat, BEAT_MS);
  try {
    return await work({ of: `${workflowExecution?.runId ?? ''} ${activityId}`, number: attempt }, signal);
  } catch (error) {
    // The reason is Temporal's own: a pause, a cancellation, a shutdown.
    if (signal.aborted && error === signal.reason) throw error;
    const failure = toActivityFailure(error, attempt, canShrink);
    failed(failure, error);
    throw handOver(failure, attempt);
  } finally {
    clearInterval(beat);
  }
}
