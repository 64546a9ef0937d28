import type { PageRequest, PageResult, QuotaSeen } from '../contract/page';
import type { Destination, Written } from '../destinations/destination';
import type { ZendeskClient, FetchedPage } from '../zendesk/client';
import { ZendeskError } from '../zendesk/failure';
import { boundaryAfter, isRepeatedReject, lastSecond, type Boundary } from './boundary';
import { boundaryBefore, checkpointOf, writtenBefore, type Attempt } from './checkpoint';
import { newKeysOf } from './newKeys';
import { contradictionOf, positionProblem, tooRecentContradiction } from './contradiction';
import { withoutFuture } from './futureVersions';
import { isPinned } from './pinnedSecond';
import { release } from './freePage';
import { select } from './select';
import { sideloadsOf } from './sideloads';

/** What a page is exported with. */
export interface Tools {
  readonly zendesk: ZendeskClient;
  readonly destination: Destination;
  /** Epoch seconds. */
  readonly now: () => number;
}

/**
 * One page's way: fetched from Zendesk, written to the destination with its checkpoint, summed up.
 * @param attempt a later one than the first looks whether an earlier one got as far as writing
 * @param signal aborts the fetch; a page that has arrived is always written whole
 * @throws ZendeskError, DestinationRefused, or what the destination throws when it is out of reach
 */
export async function exportPage(
  tools: Tools,
  request: PageRequest,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<PageResult> {
  const { destination } = tools;
  if (attempt.number > 1) {
    const written = await writtenBefore(destination, request, attempt);
    if (written !== undefined) return written;
  }
  const problem = positionProblem(request.position, tools.now());
  if (problem !== undefined) throw new ZendeskError({ kind: 'refused' }, problem);
  const before = await boundaryBefore(destination, request);
  const fetched = await fetchPage(tools, request, attempt, signal);
  const requests = (fetched?.requests ?? 1) + attempt.number - 1;
  return fetched === undefined
    ? { ...CAUGHT_UP, requests }
    : writePage(tools, request, attempt, { ...fetched, requests }, before);
}

/** Undefined when everything up to the last minute has been read already. */
async function fetchPage(
  { zendesk, now }: Tools,
  request: PageRequest,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<FetchedPage | undefined> {
  try {
    // Whatever comes after the one request that the operator wanted waits as long as Zendesk says.
    const atOnce = request.atOnce === true && attempt.number === 1;
    return await zendesk.fetchPage(request, signal, atOnce);
  } catch (error) {
    if (!(error instanceof ZendeskError) || error.failure.kind !== 'tooRecent') throw error;
    const contradiction = tooRecentContradiction(request.position, now());
    if (contradiction === undefined) return undefined;
    throw new ZendeskError({ kind: 'contradiction' }, `${error.message} ${contradiction}`);
  }
}

async function writePage(
  tools: Tools,
  request: PageRequest,
  attempt: Attempt,
  { page: received, bytes, requests, ...fetched }: FetchedPage,
  before: Boundary,
): Promise<PageResult> {
  const { position, key, subdomain, stream } = request;
  const now = tools.now();
  const page = withoutFuture(received, now);
  const contradiction = contradictionOf(page, position, now);
  if (contradiction !== undefined) throw new ZendeskError({ kind: 'contradiction' }, contradiction);
  const pinned = isPinned(page, position);
  const last = lastSecond(page.records);
  const answered: PageResult = {
    ...CAUGHT_UP,
    received: page.records.length + page.rejected.length,
    bytes,
    first: page.records.reduce<number | null>(
      (first, ticket) => Math.min(first ?? Infinity, ticket.version),
      null,
    ),
    last,
    onLastSecond: page.records.filter((ticket) => ticket.version === last).length,
    endTime: page.endTime,
    afterCursor: page.afterCursor,
    endOfStream: page.endOfStream,
    newKeys: newKeysOf(page.records),
    requests,
    quota: quotaSeen(fetched),
  };
  // All of it comes again by cursor, in an order that can be followed to the end of the second.
  if (pinned) return { ...answered, pinned };

  const selection = select(page.records, request, before);
  const sideloads = sideloadsOf(page, request.include);
  const rejected = [...page.rejected, ...sideloads.rejected];
  const quarantine = rejected.filter((record) => !isRepeatedReject(record, before));
  const summaryOf = ({ unstorable }: Written): PageResult => ({
    ...answered,
    written: selection.write.length - unstorable,
    deleted: selection.write.filter((ticket) => ticket.deleted).length,
    repeated: selection.repeated + page.rejected.filter((record) => isRepeatedReject(record, before)).length,
    filtered: selection.filtered,
    quarantined: quarantine.length + unstorable,
  });
  const boundary = boundaryAfter(page, selection.kept, rejected, before, request);
  const written = await tools.destination.write({
    subdomain,
    stream,
    key,
    records: selection.write,
    rejected: quarantine,
    sideloads: sideloads.tables,
    position: 'cursor' in position ? `cursor ${position.cursor}` : `start_time ${position.startTime}`,
    first: answered.first,
    last,
    checkpoint: (stored) => checkpointOf(request, attempt, summaryOf(stored), boundary),
  });
  release(received);
  return { ...summaryOf(written), quota: quotaSeen(fetched) };
}

function quotaSeen({
  quota,
  askedAt,
  answeredAt,
}: Pick<FetchedPage, 'quota' | 'askedAt' | 'answeredAt'>): QuotaSeen | null {
  const ago = (moment: number): number => Math.round(performance.now() - moment);
  return quota === null ? null : { ...quota, askedMsAgo: ago(askedAt), answeredMsAgo: ago(answeredAt) };
}

const CAUGHT_UP: PageResult = {
  received: 0,
  written: 0,
  deleted: 0,
  repeated: 0,
  filtered: 0,
  quarantined: 0,
  bytes: 0,
  first: null,
  last: null,
  onLastSecond: 0,
  endTime: null,
  afterCursor: null,
  endOfStream: true,
  pinned: false,
  newKeys: [],
  requests: 1,
  quota: null,
};
