import { MOST_PER_PAGE, type PageRequest } from '../contract/page';
import { secondOf } from '../contract/position';
import { hasCursor } from '../contract/request';
import { iso } from '../contract/time';
import type { ZendeskClient } from '../zendesk/client';
import type { FetchedPage } from '../zendesk/fetchedPage';
import { ZendeskError } from '../zendesk/failure';
import type { Attempt } from './checkpoint';
import { contradictionOf, positionProblem, tooRecentContradiction } from './contradiction';
import { isPinned } from './pinnedSecond';
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
    const fetched = await fetchWhole(zendesk, request, signal, atOnce);
    const page = rejectFuture(fetched, request.stream, now());
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

/**
 * Where there is no cursor to read a crowded second with, the largest page is the only way past it.
 * @throws ZendeskError when even that is stuck
 */
async function fetchWhole(
  zendesk: ZendeskClient,
  request: PageRequest,
  signal: AbortSignal,
  atOnce: boolean,
): Promise<FetchedPage> {
  const page = await zendesk.fetchPage(request, signal, atOnce);
  if (hasCursor(request.stream) || !isPinned(page, request.position)) return page;
  if (request.perPage === MOST_PER_PAGE) throw crowded(request, page);
  page.memory.release();
  try {
    const larger = await zendesk.fetchPage({ ...request, perPage: MOST_PER_PAGE }, signal, atOnce);
    if (isPinned(larger, request.position)) throw crowded(request, larger);
    return { ...larger, requests: page.requests + larger.requests };
  } catch (error) {
    if (error instanceof ZendeskError && error.failure.kind === 'tooHeavy') throw crowded(request, page);
    throw error;
  }
}

function crowded({ stream, position }: PageRequest, { records }: FetchedPage): ZendeskError {
  return new ZendeskError(
    { kind: 'crowdedSecond' },
    `${iso(secondOf(position) ?? 0)} holds more ${stream} than the ${records.length} of one page, and Zendesk offers no way past ` +
      'them. Nothing is skipped; resume to try again, or send resetCursor to a later time to leave the rest of that second out.',
  );
}
