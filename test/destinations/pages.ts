import type { Page } from '../../src/destinations/destination';
import { readTicket, type TicketVersion } from '../../src/zendesk/ticket';

export const NOON = 1_700_000_000;

/** A ticket as the client reads it from Zendesk's JSON. */
export function read(json: string): TicketVersion {
  const ticket = readTicket(json);
  if (ticket.kind === 'rejected') throw new Error(`no ticket: ${ticket.reason}`);
  return ticket;
}

export function ticket(
  id: number,
  generatedTimestamp = NOON,
  fields: Record<string, unknown> = {},
): TicketVersion {
  return read(
    JSON.stringify({
      id,
      generated_timestamp: generatedTimestamp,
      status: 'open',
      subject: `Ticket ${id}`,
      ...fields,
    }),
  );
}

/** A page of the account acme, whose checkpoint names it. */
export function page(number: number, tickets: readonly TicketVersion[], rest: Partial<Page> = {}): Page {
  const times = tickets.map((version) => version.generatedTimestamp);
  return {
    subdomain: 'acme',
    key: { exportId: 'export-1', epoch: 0, page: number },
    tickets,
    rejected: [],
    sideloads: new Map(),
    position: `start_time ${NOON}`,
    first: times.length === 0 ? null : Math.min(...times),
    last: times.length === 0 ? null : Math.max(...times),
    checkpoint: () => JSON.stringify({ page: number }),
    ...rest,
  };
}
