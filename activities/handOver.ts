import { ApplicationFailure } from '@temporalio/common';
import type { HandedOver } from '../src/contract/page';

/** A wait that Zendesk asks for is the workflow's when it is this long: there it is seen, and no slot depends on it. */
const LONG_DELAY_MS = 2 * 60_000;

/**
 * After these attempts, of all activities for one page, a failure that may pass is handed to the workflow, which shows it
 * and begins the activity again: within seconds, a minute, some ten minutes, an hour, then every two. Temporal's own retries
 * cost no event of the history, but no workflow can see them; so a day of an outage costs some hundred events.
 */
const REPORTED = [3, 6, 9, 21];
const REPORTED_EVERY = 24;

function isReported(attempts: number): boolean {
  const last = REPORTED.at(-1) ?? 0;
  return REPORTED.includes(attempts) || (attempts > last && (attempts - last) % REPORTED_EVERY === 0);
}

/**
 * What the workflow gets of a failed attempt, if anything: then Temporal tries no more.
 * @param attempts that have failed, those of earlier activities for the same included
 */
export function handOver(failure: ApplicationFailure, attempts: number): ApplicationFailure {
  if (failure.nonRetryable === true) return handed(failure, { attempts, passes: false });
  const isThrottled = failure.type === 'Throttled';
  const delayMs = Number(failure.nextRetryDelay ?? 0);
  const isLong = isThrottled && delayMs >= LONG_DELAY_MS;
  if (!isLong && !isReported(attempts)) return failure;
  return handed(failure, { attempts, passes: true, ...(isThrottled ? { retryAfterMs: delayMs } : {}) });
}

function handed({ type, message, category }: ApplicationFailure, details: HandedOver): ApplicationFailure {
  const failure = ApplicationFailure.create({
    type: type ?? '',
    message,
    nonRetryable: true,
    details: [details],
    ...(category ? { category } : {}),
  });
  failure.stack = '';
  return failure;
}

/**
 * Undefined unless an attempt that should have handed its failure over did not live to do so.
 * @param own attempts of this activity, the one that begins included
 */
export function workerLost(failedBefore: number, own: number): ApplicationFailure | undefined {
  const silent = Array.from({ length: own - 1 }, (_, index) => failedBefore + index + 1);
  if (!silent.some(isReported)) return undefined;
  const failure = ApplicationFailure.create({ type: 'WorkerLost', message: LOST });
  return handed(failure, { attempts: failedBefore + silent.length, passes: true });
}

const LOST =
  'Attempts ended without an answer: their worker was killed or stopped, or lost Temporal. Its log, or the exit code of its ' +
  'container, says why; the usual reason is too little memory.';
