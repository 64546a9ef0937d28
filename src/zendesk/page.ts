import { z } from 'zod';
import type { Position } from '../contract/page';
import { elementsOf, membersOf } from './scan';
import { readTicket, type RejectedTicket, type TicketVersion } from './ticket';

/** One page of either endpoint. Times are epoch seconds. */
export interface ExportPage {
  readonly tickets: readonly TicketVersion[];
  /** Records that are no ticket: without a usable `id` or `generated_timestamp`. */
  readonly rejected: readonly RejectedTicket[];
  /** Sideloaded top-level arrays by name, each object as its original JSON. */
  readonly sideloads: ReadonlyMap<string, readonly string[]>;
  /** Time based only; null on an empty page. */
  readonly endTime: number | null;
  /** Cursor based only; may be null when nothing was found. */
  readonly afterCursor: string | null;
  readonly endOfStream: boolean;
}

/** Thrown when a body is JSON but no export page. */
export class NotAPage extends Error {
  override readonly name = 'NotAPage';
}

/** What of it is used: `next_page` and `after_url` may name another host, `count` is no signal. */
const envelope = z.object({
  end_time: z.int().nullish(),
  after_cursor: z.string().nullish(),
  end_of_stream: z.boolean().optional(),
});

/**
 * Reads a page from the body's text.
 * @param position that was asked for
 * @param perPage that was asked for
 * @throws MalformedJson, SyntaxError for a cut or broken body; NotAPage for other JSON
 */
export function readPage(body: string, position: Position, perPage: number): ExportPage {
  const members = membersOf(body);
  const list = members.get('tickets');
  if (list?.startsWith('[') !== true) throw new NotAPage('the answer holds no list of tickets');
  const head = envelope.safeParse(
    Object.fromEntries(
      Object.keys(envelope.shape).map((key) => [key, JSON.parse(members.get(key) ?? 'null') ?? undefined]),
    ),
  );
  if (!head.success) {
    throw new NotAPage(`unreadable ${head.error.issues.map((issue) => issue.path.join('.')).join(', ')}`);
  }
  const records = elementsOf(list).map(readTicket);
  const tickets = records.filter((record) => record.kind === 'ticket');
  const { end_time: endTime = null, end_of_stream: endOfStream } = head.data;
  return {
    tickets,
    rejected: records.filter((record) => record.kind === 'rejected'),
    sideloads: sideloadsOf(members),
    endTime,
    // An empty cursor leads nowhere.
    afterCursor: head.data.after_cursor === '' ? null : (head.data.after_cursor ?? null),
    endOfStream: endOfStream ?? (records.length < perPage && !advances(tickets, endTime, position)),
  };
}

/** Bodies of 2019 have no `end_of_stream`: there a page that is not full and brings nothing later is the last. */
function advances(tickets: readonly TicketVersion[], endTime: number | null, position: Position): boolean {
  if (!('startTime' in position)) return tickets.length > 0;
  const times = [endTime ?? 0, ...tickets.map((ticket) => ticket.generatedTimestamp)];
  return times.some((time) => time > position.startTime);
}

function sideloadsOf(members: ReadonlyMap<string, string>): Map<string, string[]> {
  const sideloads = new Map<string, string[]>();
  for (const [name, text] of members) {
    if (name !== 'tickets' && text.startsWith('[')) sideloads.set(name, elementsOf(text));
  }
  return sideloads;
}
