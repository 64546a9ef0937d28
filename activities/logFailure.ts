import { log } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';

/**
 * One line for an attempt that failed: what is expected informs, an outage warns. What holds up the export is logged as an
 * error by the workflow, once.
 * @param error what the failure was made from
 */
export function logFailure(subdomain: string, failure: ApplicationFailure, error: unknown): void {
  const { type, message: problem, nonRetryable } = failure;
  const fields = { subdomain, type, problem };
  if (nonRetryable === true) log.debug('attempt failed', fields);
  else if (type === 'Unexpected') log.error('a bug', { subdomain, stack: placesOf(error) });
  else if (type === 'Throttled') log.info('throttled', fields);
  else log.warn('attempt failed', fields);
}

/** Where an error comes from, without its message, which may quote anything. */
function placesOf(error: unknown): string[] {
  const { stack = '' } = error instanceof Error ? error : {};
  return stack.split('\n').filter((line) => line.startsWith('    at '));
}
