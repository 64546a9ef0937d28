import type { PageRequest } from '../contract/page';
import type { RecordVersion } from '../streams/record';
import { isRepeat, type Boundary } from './boundary';

export interface Selection {
  /** To be written: one version per ticket, the newest on the page. */
  readonly write: readonly RecordVersion[];
  /** What the destination has once the page is written: that, and what the page before has brought. */
  readonly kept: readonly RecordVersion[];
  /** Versions that were written with the page before, or are superseded on this one. */
  readonly repeated: number;
  readonly filtered: number;
}

/** Which tickets of a page are new and wanted. */
export function select(
  tickets: readonly RecordVersion[],
  request: Pick<PageRequest, 'until' | 'excludeDeleted' | 'excludeUpdatedBefore'>,
  boundary: Boundary,
): Selection {
  const { until = Infinity } = request;
  const within = tickets.filter(({ version }) => version <= until);
  const newest = newestOfEach(within);
  const fresh = newest.filter((ticket) => !isRepeat(ticket, boundary));
  const excluded = new Set(fresh.filter((ticket) => isExcluded(ticket, request)));
  return {
    write: fresh.filter((ticket) => !excluded.has(ticket)),
    kept: newest.filter((ticket) => !excluded.has(ticket)),
    repeated: within.length - fresh.length,
    filtered: tickets.length - within.length + excluded.size,
  };
}

/** Of several versions of a ticket the newest; of those of one second the last. */
export function newestOfEach(tickets: readonly RecordVersion[]): RecordVersion[] {
  const newest = new Map<number, RecordVersion>();
  for (const ticket of tickets) {
    const other = newest.get(ticket.id);
    if (other === undefined || ticket.version >= other.version) newest.set(ticket.id, ticket);
  }
  return [...newest.values()];
}

function isExcluded(
  ticket: RecordVersion,
  { excludeDeleted, excludeUpdatedBefore }: Pick<PageRequest, 'excludeDeleted' | 'excludeUpdatedBefore'>,
): boolean {
  // Also asked of Zendesk, but nothing proves that the time based endpoint obeys.
  if (excludeDeleted && ticket.deleted) return true;
  return (
    excludeUpdatedBefore !== undefined && ticket.updatedAt !== null && ticket.updatedAt < excludeUpdatedBefore
  );
}
