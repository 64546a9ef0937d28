import type { PageRequest } from '../contract/page';
import type { FetchedPage, ZendeskClient } from '../zendesk/client';
import { ZendeskError } from '../zendesk/failure';
import type { Attempt } from './checkpoint';
import { contradictionOf, positionProblem, tooRecentContradiction } from './contradiction';
import { rejectFuture } from './quarantine';

/**
 * Fetches a page that can be followed: it contradicts neither the request nor the clock.
 * @param now Unix seconds, by this worker's clock
 * @returns undefined when `start_time` is too recent: everything up to the last minute has been read already
 * @throws ZendeskError
 */
export async function fetchPage(
  { zendesk, now }: { readonly zendesk: ZendeskClient; readonly now: () => number },
  request: PageRequest,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<FetchedPage | undefined> {
  const problem = positionProblem(request.position, now());
  if (problem !== undefined) throw new ZendeskError({ kind: 'refused' }, problem);
  // Whatever comes after the one request that the operator wanted waits as long as Zendesk says.
  const atOnce = request.atOnce === true && attempt.number === 1;
  try {
    const page = rejectFuture(await zendesk.fetchPage(request, signal, atOnce), request.stream, now());
    const contradiction = contradictionOf(page, request, now());
    if (contradiction !== undefined) throw new ZendeskError({ kind: 'contradiction' }, contradiction);
    return page;
  } catch (error) {
    if (!(error instanceof ZendeskError) || error.failure.kind !== 'tooRecent') throw error;
    const contradiction = tooRecentContradiction(request.position, now());
    if (contradiction === undefined) return undefined;
    throw new ZendeskError({ kind: 'contradiction' }, `${error.message} ${contradiction}`);
  }
}
