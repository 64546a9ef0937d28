import type { PageRequest, PageResult, Position } from '../contract/page';
import { iso } from '../contract/time';
import type { Destination, Sweep, Written } from '../destinations/destination';
import type { ZendeskClient } from '../zendesk/client';
import type { FetchedPage } from '../zendesk/fetchedPage';
import { boundaryAfter, firstSecond, lastSecond, type Boundary } from './boundary';
import { boundaryBefore, checkpointOf, writtenBefore, type Attempt } from './checkpoint';
import { fetchPage } from './fetchPage';
import { caughtUp, pinnedResult, writtenResult } from './pageResult';
import { isPinned } from './pinnedSecond';
import { quarantineOf } from './quarantine';
import { select } from './select';
import { sideloadsOf } from './sideloads';

/** What a page is exported with. */
interface Tools {
  readonly zendesk: ZendeskClient;
  readonly destination: Destination;
  /** Unix seconds. */
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
  const before = await boundaryBefore(destination, request);
  const page = await fetchPage(tools, request, attempt, signal);
  if (page === undefined) return caughtUp(attempt);
  if (isPinned(page, request.position)) return pinnedResult(page, attempt);
  return writePage(destination, request, attempt, page, before);
}

async function writePage(
  destination: Destination,
  request: PageRequest,
  attempt: Attempt,
  page: FetchedPage,
  before: Boundary,
): Promise<PageResult> {
  const selection = select(page.records, request, before);
  const sideloads = sideloadsOf(page, request);
  const quarantine = quarantineOf(page, sideloads, before);
  const boundary = boundaryAfter(page, selection.kept, quarantine.rejected, before, request);
  const resultOf = (written: Written): PageResult =>
    writtenResult(page, attempt, selection, quarantine, written);
  const written = await destination.write({
    subdomain: request.subdomain,
    stream: request.stream,
    key: request.key,
    records: selection.write,
    rejected: quarantine.fresh,
    sideloads: sideloads.tables,
    sweep: sweepOf(request, page.endOfStream && quarantine.rejected.length === 0),
    position: describe(request.position),
    first: firstSecond(page.records),
    last: lastSecond(page.records),
    checkpoint: (stored) => checkpointOf(request, attempt, resultOf(stored), boundary),
  });
  page.memory.release();
  return resultOf(written);
}

/** @param hasAll whether the page ends its list, and lacks nothing of it */
function sweepOf({ position, hasGaps }: PageRequest, hasAll: boolean): Sweep | null {
  return position.endpoint === 'list'
    ? { began: position.sweep, isComplete: hasAll && hasGaps !== true }
    : null;
}

function describe(position: Position): string {
  if (position.endpoint === 'list')
    return `sweep of ${iso(position.sweep)}${position.after === null ? '' : `, after ${position.after}`}`;
  return 'cursor' in position ? `cursor ${position.cursor}` : `start_time ${position.startTime}`;
}
