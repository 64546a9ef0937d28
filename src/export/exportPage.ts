import { z } from 'zod';
import { nextPosition, passes } from '../../workflows/position';
import type { PageRequest, PageSummary, QuotaSeen } from '../contract/page';
import type { Destination } from '../destinations/destination';
import type { ZendeskClient, FetchedPage } from '../zendesk/client';
import { ZendeskError } from '../zendesk/failure';
import { jsonOrUndefined } from '../zendesk/json';
import {
  boundaryAfter,
  boundaryJson,
  isRepeatedReject,
  lastSecond,
  NO_BOUNDARY,
  toJson,
  type Boundary,
} from './boundary';
import { newKeysOf } from './drift';
import type { Prefetch } from './prefetch';
import { contradictionOf, isPinned } from './progress';
import { release } from './release';
import { select } from './select';
import { sideloadsOf } from './sideloads';

/** What a page is exported with. */
export interface Tools {
  readonly zendesk: ZendeskClient;
  readonly destination: Destination;
  readonly prefetch: Prefetch;
  /** Whether the export still goes on; asked before a request that nobody has asked for yet. */
  readonly goesOn: () => Promise<boolean>;
}

/**
 * One page's way: fetched from Zendesk, written to the destination with its checkpoint, summed up; meanwhile the next
 * page is fetched.
 * @param attempt 1 for the first: a later one looks whether an earlier one got as far as writing
 * @param signal aborts the fetch; a page that has arrived is always written whole
 * @throws ZendeskError, DestinationRefused, or what the destination throws when it is out of reach
 */
export async function exportPage(
  tools: Tools,
  request: PageRequest,
  attempt: number,
  signal: AbortSignal,
): Promise<PageSummary> {
  const { destination, prefetch } = tools;
  const { exportId } = request.key;
  if (attempt > 1) {
    const written = await readCheckpoint(destination, request, request.key);
    // Its quota is that of another time.
    if (written !== undefined) return { ...written.summary, quota: null };
  }
  const before = await boundaryBefore(tools, request);
  const dropAhead = (): void => {
    prefetch.drop(request);
  };
  signal.addEventListener('abort', dropAhead, { once: true });
  let inVain = 0;
  try {
    const fetched = await fetchPage(tools, request, signal);
    inVain = prefetch.countDropped(exportId);
    const requests = (fetched?.requests ?? 1) + attempt - 1 + inVain;
    if (fetched === undefined) return { ...CAUGHT_UP, requests };
    // What failed may fail again: a page fetched ahead would be in vain each time.
    const asked = attempt > 1 ? { ...request, ahead: undefined } : request;
    return await writePage(tools, asked, { ...fetched, requests }, before);
  } catch (error) {
    dropAhead();
    prefetch.addDropped(exportId, inVain);
    throw error;
  } finally {
    signal.removeEventListener('abort', dropAhead);
  }
}

async function boundaryBefore({ destination, prefetch }: Tools, request: PageRequest): Promise<Boundary> {
  if (request.previous === undefined) return NO_BOUNDARY;
  return (
    prefetch.boundaryBefore(request) ??
    (await readCheckpoint(destination, request, request.previous))?.boundary ??
    NO_BOUNDARY
  );
}

/** Undefined when everything up to the last minute has been read already. */
async function fetchPage(
  { zendesk, prefetch }: Tools,
  request: PageRequest,
  signal: AbortSignal,
): Promise<FetchedPage | undefined> {
  try {
    return await (prefetch.take(request, signal) ?? zendesk.exportPage(request, signal));
  } catch (error) {
    if (error instanceof ZendeskError && error.failure.kind === 'tooRecent') return undefined;
    throw error;
  }
}

async function writePage(
  tools: Tools,
  request: PageRequest,
  { page, bytes, requests, ...fetched }: FetchedPage,
  before: Boundary,
): Promise<PageSummary> {
  const { position, key, subdomain } = request;
  const contradiction = contradictionOf(page, position);
  if (contradiction !== undefined) throw new ZendeskError({ kind: 'contradiction' }, contradiction);
  const pinned = isPinned(page, position);
  const last = lastSecond(page.tickets);
  const answered: PageSummary = {
    ...CAUGHT_UP,
    received: page.tickets.length + page.rejected.length,
    bytes,
    first: page.tickets.reduce<number | null>(
      (first, ticket) => Math.min(first ?? Infinity, ticket.generatedTimestamp),
      null,
    ),
    last,
    onLastSecond: page.tickets.filter((ticket) => ticket.generatedTimestamp === last).length,
    endTime: page.endTime,
    afterCursor: page.afterCursor,
    endOfStream: page.endOfStream,
    newKeys: newKeysOf(page.tickets),
    requests,
    quota: quotaSeen(fetched),
  };
  // All of it comes again by cursor, in an order that can be followed to the end of the second.
  if (pinned) return { ...answered, pinned };

  const selection = select(page.tickets, request, before);
  const sideloads = sideloadsOf(page, request.include);
  const rejected = [...page.rejected, ...sideloads.rejected];
  const quarantine = rejected.filter((record) => !isRepeatedReject(record, before));
  const summary: PageSummary = {
    ...answered,
    written: selection.write.length,
    deleted: selection.write.filter((ticket) => ticket.deleted).length,
    repeated: selection.repeated + rejected.length - quarantine.length,
    filtered: selection.filtered,
    quarantined: quarantine.length,
  };
  await fetchAhead(tools, request, summary);
  const boundary = boundaryAfter(page, rejected, before, request);
  const { unstorable } = await tools.destination.write({
    subdomain,
    key,
    tickets: selection.write,
    rejected: quarantine,
    sideloads: sideloads.tables,
    position: 'cursor' in position ? `cursor ${position.cursor}` : `start_time ${position.startTime}`,
    first: summary.first,
    last,
    checkpoint: JSON.stringify({ summary, boundary: toJson(boundary) }),
  });
  tools.prefetch.wrote(request, boundary);
  release(page);
  return {
    ...summary,
    written: summary.written - unstorable,
    quarantined: summary.quarantined + unstorable,
    quota: quotaSeen(fetched),
  };
}

function quotaSeen({
  quota,
  askedAt,
  answeredAt,
}: Pick<FetchedPage, 'quota' | 'askedAt' | 'answeredAt'>): QuotaSeen | null {
  const ago = (moment: number): number => Math.round(performance.now() - moment);
  return quota === null ? null : { ...quota, askedMsAgo: ago(askedAt), answeredMsAgo: ago(answeredAt) };
}

/** Starts to fetch the page that the workflow will ask for next, if the quota has room and nobody has stopped the export. */
async function fetchAhead(
  { zendesk, prefetch, goesOn }: Tools,
  { ahead, ...request }: PageRequest,
  page: PageSummary,
): Promise<void> {
  if (ahead === undefined || page.endOfStream) return;
  if (request.until !== undefined && passes(page, request.until)) return;
  if (page.quota !== null && page.quota.remaining < 1) return;
  if (!(await goesOn())) return;
  const position = nextPosition(request.position, page, { ...ahead, perPage: request.perPage });
  prefetch.start(zendesk, { ...request, position });
}

const CAUGHT_UP: PageSummary = {
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

type StoredCheckpoint = z.output<typeof stored>;

const count = z.int().nonnegative();
const stored = z.object({
  boundary: boundaryJson,
  summary: z.object({
    received: count,
    written: count,
    deleted: count,
    repeated: count,
    filtered: count,
    quarantined: count,
    bytes: count,
    first: count.nullable(),
    last: count.nullable(),
    onLastSecond: count,
    endTime: count.nullable(),
    afterCursor: z.string().nullable(),
    endOfStream: z.boolean(),
    pinned: z.boolean(),
    newKeys: z.array(z.string()),
    requests: count,
  }),
});

async function readCheckpoint(
  destination: Destination,
  { subdomain }: PageRequest,
  key: PageRequest['key'],
): Promise<StoredCheckpoint | undefined> {
  const text = await destination.checkpoint(subdomain, key);
  // One of another version of this worker is as good as none: the page is written again, over itself.
  return text === undefined ? undefined : stored.safeParse(jsonOrUndefined(text)).data;
}
