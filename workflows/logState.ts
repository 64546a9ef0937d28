import { log } from '@temporalio/workflow';
import type { Status } from '../src/contract/status';

/** A line where an operator is needed, has acted, or can stop looking: for a state that is new. */
export function logState({ state, subdomain, lastError, watermark, tickets, pages }: Status): void {
  if (state === 'blocked') {
    log.error('export blocked', { subdomain, type: lastError?.type, problem: lastError?.message });
  } else if (state === 'paused' || state === 'completed') {
    log.info(`export ${state}`, { subdomain, watermark, tickets, pages });
  }
}
