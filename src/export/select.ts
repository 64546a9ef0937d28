import type { PageRequest } from '../contract/page';
import type { TicketVersion } from '../zendesk/ticket';
import { isRepeat, type Boundary } from './boundary';

export interface Selection {
  /** To be written: one version per ticket, the newest on the page. */
  readonly write: readonly TicketVersion[];
  /** Versions that were written with the page before, or are superseded on this one. */
  readonly repeated: number;
  readonly filtered: number;
}

/** Which tickets of a page are new and wanted. */
export function select(
  tickets: readonly TicketVersion[],
  request: Pick<PageRequest, 'until' | 'excludeDeleted' | 'excludeUpdatedBefore'>,
  boundary: Boundary,
): Selection {
  const fresh = newestOfEach(tickets).filter((ticket) => !isRepeat(ticket, boundary));
  const write = fresh.filter((ticket) => isWanted(ticket, request));
  return { write, repeated: tickets.length - fresh.length, filtered: fresh.length - write.length };
}

/** Of several versions of a ticket the newest; of those of one second the last. */
export function newestOfEach(tickets: readonly TicketVersion[]): TicketVersion[] {
  const newest = new Map<number, TicketVersion>();
  for (const ticket of tickets) {
    const other = newest.get(ticket.id);
    if (other === undefined || ticket.generatedTimestamp >= other.generatedTimestamp)
      newest.set(ticket.id, ticket);
  }
  return [...newest.values()];
}

function isWanted(
  ticket: TicketVersion,
  {
    until,
    excludeDeleted,
    excludeUpdatedBefore,
  }: Pick<PageRequest, 'until' | 'excludeDeleted' | 'excludeUpdatedBefore'>,
): boolean {
  if (until !== undefined && ticket.generatedTimestamp > until) return false;
  // Also asked of Zendesk, but nothing proves that the time based endpoint obeys.
  if (excludeDeleted && ticket.deleted) return false;
  return (
    excludeUpdatedBefore === undefined ||
    ticket.updatedAt === null ||
    ticket.updatedAt >= excludeUpdatedBefore
  );
}
