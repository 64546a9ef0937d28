import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import type { Position } from '../contract/page';
import { JsonScanner } from './scan';
import { scanTicket, type RejectedTicket, type TicketVersion } from './ticket';

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
 * Reads a page.
 * @param body UTF-8; bytes that are none become replacement characters
 * @param position that was asked for
 * @param perPage that was asked for
 * @returns tickets whose `json` are parts of one buffer, which is `body` if that is valid
 * @throws MalformedJson for a cut or broken body; NotAPage for other JSON
 */
export function readPage(body: Buffer, position: Position, perPage: number): ExportPage {
  const scanner = new JsonScanner(isUtf8(body) ? body : new TextEncoder().encode(body.toString('utf8')));
  let records: (TicketVersion | RejectedTicket)[] | undefined;
  const sideloads = new Map<string, string[]>();
  const head: Record<string, unknown> = {};
  // Of two equal keys the last counts.
  scanner.members((key) => {
    const isList = scanner.startsWith('[');
    if (key === 'tickets') records = undefined;
    else sideloads.delete(key);
    if (Object.hasOwn(envelope.shape, key)) head[key] = scanner.parsed() ?? undefined;
    else if (!isList) scanner.value();
    else if (key === 'tickets') records = scanner.list(() => scanTicket(scanner));
    else
      sideloads.set(
        key,
        scanner.list(() => scanner.raw()),
      );
  });
  scanner.end();
  if (records === undefined) throw new NotAPage('the answer holds no list of tickets');
  const parsed = envelope.safeParse(head);
  if (!parsed.success) {
    throw new NotAPage(`unreadable ${parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')}`);
  }
  const tickets = records.filter((record) => record.kind === 'ticket');
  const { end_time: endTime = null, after_cursor: cursor, end_of_stream: endOfStream } = parsed.data;
  return {
    tickets,
    rejected: records.filter((record) => record.kind === 'rejected'),
    sideloads,
    endTime,
    // An empty cursor leads nowhere.
    afterCursor: cursor === '' ? null : (cursor ?? null),
    endOfStream: endOfStream ?? (records.length < perPage && !advances(tickets, endTime, position)),
  };
}

/** Bodies of 2019 have no `end_of_stream`: there a page that is not full and brings nothing later is the last. */
function advances(tickets: readonly TicketVersion[], endTime: number | null, position: Position): boolean {
  if (!('startTime' in position)) return tickets.length > 0;
  const times = [endTime ?? 0, ...tickets.map((ticket) => ticket.generatedTimestamp)];
  return times.some((time) => time > position.startTime);
}
