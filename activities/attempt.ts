import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import type { Attempt } from '../src/export/checkpoint';
import { toActivityFailure } from './failures';

/** A worker that died is noticed by this silence alone; the heartbeat timeout is 10 s. */
const BEAT_MS = 2000;

/**
 * Runs one attempt of an activity: beats while it works, and says what its failure means to Temporal.
 * @param failed told of that failure, and of what it was made from
 */
export async function attemptTo<T>(
  work: (attempt: Attempt, signal: AbortSignal) => Promise<T>,
  failed: (failure: ApplicationFailure, error: unknown) => void,
  { canShrink = false } = {},
): Promise<T> {
  const { attempt, activityId, workflowExecution } = activityInfo();
  const signal = cancellationSignal();
  const beat = setInterval(heartbeat, BEAT_MS);
  try {
    return await work({ of: `${workflowExecution?.runId ?? ''} ${activityId}`, number: attempt }, signal);
  } catch (error) {
    // The reason is Temporal's own: a pause, a cancellation, a shutdown.
    if (signal.aborted && error === signal.reason) throw error;
    const failure = toActivityFailure(error, attempt, canShrink);
    failed(failure, error);
    throw failure;
  } finally {
    clearInterval(beat);
  }
}
