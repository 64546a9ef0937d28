import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { isCursor } from '../../workflows/position';
import type { Position } from '../contract/page';
import { SIDELOAD_TABLES } from './sideloadTables';
import { JsonScanner } from './scan';
import { scanTicket, type RejectedTicket, type TicketVersion } from './ticket';

/** One page of either endpoint. Times are epoch seconds. */
export interface ExportPage {
  readonly tickets: readonly TicketVersion[];
  /** Records that are no ticket: without a usable `id` or `generated_timestamp`. */
  readonly rejected: readonly RejectedTicket[];
  /** Sideloads that have a table, by name, each object as its original JSON. */
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

/** What is read of the keys beside the tickets. Only values of the kinds that Zendesk documents are followed. */
const envelope = z.object({
  end_time: z.int().nonnegative().nullish(),
  after_cursor: z
    .string()
    // An empty one leads nowhere.
    .refine((cursor) => cursor === '' || isCursor(cursor))
    .nullish(),
  end_of_stream: z.boolean().nullish(),
  /** Only its `start_time` is ever used: it may name another host. */
  next_page: z.unknown().optional(),
  /** No signal of anything: only whether it is there. */
  count: z.unknown().optional(),
});
type Envelope = z.output<typeof envelope>;

/** Whatever else lies beside the tickets is walked through only. */
const SIDELOADS: ReadonlySet<string> = new Set(SIDELOAD_TABLES);
/** All of them are in an answer of the years before `end_of_stream`. */
const OLD_KEYS = ['end_time', 'next_page', 'count'];

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
  const keys = new Set<string>();
  scanner.members((key) => {
    // Whichever of two lists of tickets was meant, taking one would lose the other.
    if (keys.has(key))
      throw new NotAPage(`the answer holds the key ${JSON.stringify(key.slice(0, 40))} twice`);
    keys.add(key);
    const isList = scanner.startsWith('[');
    if (key === 'tickets' && isList) records = scanner.list(() => scanTicket(scanner));
    else if (Object.hasOwn(envelope.shape, key)) head[key] = scanner.parsed();
    else if (SIDELOADS.has(key))
      sideloads.set(key, isList ? scanner.list(() => scanner.raw()) : single(scanner.raw()));
    else scanner.value();
  });
  scanner.end();
  if (records === undefined) throw new NotAPage('the answer holds no list of tickets');
  const parsed = envelope.safeParse(head);
  if (!parsed.success) {
    throw new NotAPage(`unreadable ${parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')}`);
  }
  const tickets = records.filter((record) => record.kind === 'ticket');
  const byTime = position.endpoint === 'time';
  const endTime = byTime ? endTimeOf(parsed.data) : null;
  return {
    tickets,
    rejected: records.filter((record) => record.kind === 'rejected'),
    sideloads,
    endTime,
    afterCursor: byTime ? null : parsed.data.after_cursor || null,
    endOfStream:
      parsed.data.end_of_stream ??
      (records.length < perPage && !advances(tickets, endTime, position) && isOldEnd(keys, byTime)),
  };
}

/** A sideload that comes as one object in place of a list of them, or as nothing. */
function single(json: string): string[] {
  return json === 'null' ? [] : [json];
}

/** Where `end_time` is missing and the stream goes on, `next_page` holds the same second. */
function endTimeOf({
  end_time: endTime,
  end_of_stream: endOfStream,
  next_page: next,
}: Envelope): number | null {
  if (typeof endTime === 'number' || endOfStream === true || typeof next !== 'string') return endTime ?? null;
  const [, second] = /[?&]start_time=(\d{1,12})(?:&|$)/.exec(next) ?? [];
  return second === undefined ? null : Number(second);
}

/** Whether a page without `end_of_stream` brings something later than what was asked from. */
function advances(tickets: readonly TicketVersion[], endTime: number | null, position: Position): boolean {
  if (!('startTime' in position)) return tickets.length > 0;
  const times = [endTime ?? 0, ...tickets.map((ticket) => ticket.generatedTimestamp)];
  return times.some((time) => time > position.startTime);
}

/**
 * Bodies of 2019 have no `end_of_stream`: there a page that is not full and brings nothing later is the last. An answer
 * without their other keys is no such body, and must not end a stream: `{"tickets":[]}` says nothing at all.
 */
function isOldEnd(keys: ReadonlySet<string>, byTime: boolean): boolean {
  if (byTime && OLD_KEYS.every((key) => keys.has(key))) return true;
  throw new NotAPage('the answer does not say whether the stream goes on: it has no end_of_stream');
}
