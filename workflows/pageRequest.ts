import type { PageRequest } from '../src/contract/page';
import { bucketOf } from '../src/contract/request';
import { incrementalPaging, STREAMS, type StreamName } from '../src/streams';
import type { Poll } from './poll';
import { untilOf, type Range } from './ranges';
import type { Progress } from './state';

/** Ordinary updates show up with an `updated_at` up to 5 s before their `generated_timestamp` (recorded). */
const UPDATE_LAG_SECONDS = 10;

/** The request for the next page of a range. */
export function pageRequest(
  { request, streams, paces }: Progress,
  stream: StreamName,
  range: Range,
  exportId: string,
): PageRequest {
  const { [stream]: state } = streams;
  if (state === undefined) throw new Error(`${stream} are not exported`);
  const { epoch, poll, sweep } = state;
  const { atOnce } = paces[bucketOf(stream, range.position)];
  const filters = incrementalPaging(stream)?.filters ?? [];
  // A list has no time to end at.
  const until = sweep === null ? untilOf(range, request) : undefined;
  const isExcluding = request.excludeSystemUpdates && filters.includes('excludeSystemUpdates');
  return {
    subdomain: request.subdomain,
    stream,
    key: { exportId, epoch, page: range.page },
    range: range.id,
    ...(range.previous === null ? {} : { previous: range.previous }),
    position: range.position,
    perPage: range.perPage,
    ...(sweep !== null && sweep.quarantined > 0 ? { hasGaps: true } : {}),
    ...(atOnce === true ? { atOnce } : {}),
    ...(range.trouble === null ? {} : { failedBefore: range.trouble.attempts }),
    include: stream === 'tickets' ? request.include : STREAMS[stream].sideloads.map(({ name }) => name),
    supportTypeScope: request.supportTypeScope,
    excludeDeleted: request.excludeDeleted && filters.includes('excludeDeleted'),
    ...(isExcluding ? { excludeUpdatedBefore: systemUpdatesBefore(poll) } : {}),
    ...(until === undefined ? {} : { until }),
  };
}

/**
 * Tickets not updated since were touched by the system only, as far as an export can know.
 *
 * A person's update is left out rightly if an earlier poll has brought it. The poll after it may not have: the system can
 * touch the ticket in the minutes that Zendesk holds back when that poll ends, and then the ticket shows up in a later
 * one, with the old time of its update. So what counts is where a poll before this one began to read, some minutes at
 * least before the last one ended. During the first poll, and after a reset, that is where reading began: a backfill takes
 * hours, and whoever changes a ticket meanwhile moves it to where it has not read yet.
 */
function systemUpdatesBefore({ before }: Poll): number {
  return Math.max(0, before - UPDATE_LAG_SECONDS);
}
