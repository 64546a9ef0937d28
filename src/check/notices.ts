import { iso } from '../contract/time';
import { NotDelivered, post } from '../notices/post';
import { hostOf, type NoticeTarget } from '../notices/target';
import type { Fact } from './fact';

/**
 * Where notices about an account go.
 * @param isSent whether one is sent, to try the way there
 * @param now Unix seconds
 */
export async function checkNotices(
  target: NoticeTarget,
  subdomain: string,
  isSent: boolean,
  now: number,
): Promise<Fact> {
  const signed = target.secret === null ? 'unsigned' : 'signed';
  const text = `notices go to ${hostOf(target)}, ${signed}`;
  if (!isSent) return { kind: 'ok', about: subdomain, text: `${text}; npm run check -- --notify sends one` };
  const message = {
    event: 'test',
    subdomain,
    workflowId: '',
    runId: '',
    reason: 'This is a test; no action is needed.',
    at: iso(Math.floor(now)),
  } as const;
  try {
    await post(target, message, new AbortController().signal);
    return { kind: 'ok', about: subdomain, text: `${text}; one was taken` };
  } catch (error) {
    if (!(error instanceof NotDelivered)) throw error;
    return { kind: 'warn', about: subdomain, text: error.message };
  }
}
