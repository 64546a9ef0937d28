import { log } from '@temporalio/workflow';
import type { Status } from '../src/contract/status';
import type { ExportState } from './state';
import { streamNews, type Logged } from './streamNews';

/** A line where an operator is needed, has acted, or can stop looking: for a state that is new. */
export function logState({ state, subdomain, lastError, watermark, tickets, pages }: Status): void {
  if (state === 'blocked') {
    const { stream, type, message } = lastError ?? {};
    log.error('export blocked', { subdomain, stream, type, problem: message });
  } else if (state === 'paused' || state === 'completed') {
    log.info(`export ${state}`, { subdomain, watermark, tickets, pages });
  }
}

/**
 * The same of each stream. Costs no history.
 * @param before what this run has said so far
 */
export function logStreams(state: ExportState, status: Status, before: Logged | undefined): Logged {
  const { logged, news } = streamNews(state, status, before);
  for (const { event, ...what } of news)
    log[LEVELS[event]](`stream ${event}`, { subdomain: status.subdomain, ...what });
  return logged;
}

const LEVELS = { blocked: 'error', unavailable: 'warn', continues: 'info' } as const;
