import type { Batch } from '../../src/destinations/destination';
import type { RecordVersion } from '../../src/streams/record';
import { recordReader } from '../../src/zendesk/recordReader';
import { tickets } from '../../src/streams/tickets';

export const NOON = 1_700_000_000;

/** A ticket as the client reads it from Zendesk's JSON. */
export function read(json: string): RecordVersion {
  const ticket = recordReader(tickets).read(json);
  if (ticket.kind === 'rejected') throw new Error(`no ticket: ${ticket.reason}`);
  return ticket;
}

export function ticket(
  id: number,
  generatedTimestamp = NOON,
  fields: Record<string, unknown> = {},
): RecordVersion {
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
export function page(number: number, tickets: readonly RecordVersion[], rest: Partial<Batch> = {}): Batch {
  const times = tickets.map((version) => version.version);
  return {
    subdomain: 'acme',
    stream: 'tickets',
    key: { exportId: 'export-1', epoch: 0, page: number },
    records: tickets,
    rejected: [],
    sideloads: new Map(),
    position: `start_time ${NOON}`,
    first: times.length === 0 ? null : Math.min(...times),
    last: times.length === 0 ? null : Math.max(...times),
    checkpoint: () => JSON.stringify({ page: number }),
    ...rest,
  };
}
