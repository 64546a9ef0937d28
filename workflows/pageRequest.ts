import type { PageRequest } from '../src/contract/page';
import type { Progress } from './progress';
import { boundOf, type Range } from './ranges';

/** Ordinary updates show up with an `updated_at` up to 5 s before their `generated_timestamp` (recorded). */
const UPDATE_LAG_SECONDS = 10;
/** Zendesk shows a version when it is this old. */
const UNSEEN_SECONDS = 60;

/** The request for the next page of a range. */
export function pageRequest(progress: Progress, range: Range, exportId: string): PageRequest {
  const { request, epoch } = progress;
  const until = boundOf(range, request);
  return {
    subdomain: request.subdomain,
    key: { exportId, epoch, page: range.page },
    range: range.id,
    ...(range.previous === null ? {} : { previous: range.previous }),
    position: range.position,
    perPage: range.perPage,
    include: request.include,
    supportTypeScope: request.supportTypeScope,
    excludeDeleted: request.excludeDeleted,
    ...(request.excludeSystemUpdates ? { excludeUpdatedBefore: systemUpdatesBefore(progress) } : {}),
    ...(until === undefined ? {} : { until }),
  };
}

/**
 * Tickets not updated since were touched by the system only. Not since the poll's start alone: a ticket that is updated,
 * and touched by the system before any poll could see that, shows up in the next poll with the time of its update.
 */
function systemUpdatesBefore({ request: { follow }, poll }: Progress): number {
  return poll.from - UPDATE_LAG_SECONDS - UNSEEN_SECONDS - (follow === false ? 0 : follow.everySeconds);
}
