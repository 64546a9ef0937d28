import { z } from 'zod';
import { isPlain } from './plainValues';
import { JsonScanner } from './scan';
import { TICKET_KEYS } from './ticketKeys';

/** One version of one ticket: identity is `id`, the version is `generatedTimestamp` (epoch seconds). */
export interface TicketVersion {
  readonly kind: 'ticket';
  readonly id: number;
  readonly generatedTimestamp: number;
  /** Epoch seconds of `updated_at`; null when absent or unreadable. */
  readonly updatedAt: number | null;
  readonly deleted: boolean;
  /** A key comes twice, or a value is written as none should be: to be read with care. */
  readonly odd?: true;
  /** Top-level keys that Zendesk does not document. */
  readonly unknownKeys?: readonly string[];
  /** The record exactly as Zendesk sent it, on one line, in UTF-8. */
  readonly json: Uint8Array;
}

export interface RejectedTicket {
  readonly kind: 'rejected';
  /** Names the field and what is wrong with it, never its value. */
  readonly reason: string;
  readonly json: string;
}

// Everything else may be missing, null or of a new type: old archived bodies and new features both do that.
const ticket = z.object({
  id: z.int().positive(),
  generated_timestamp: z.int().positive(),
  updated_at: z.unknown().optional(),
  status: z.unknown().optional(),
});
const USED_KEYS = new Set(Object.keys(ticket.shape));

/**
 * Reads one record by itself.
 * @param raw its JSON text
 * @throws MalformedJson when the text is no JSON
 */
export function readTicket(raw: string): TicketVersion | RejectedTicket {
  const scanner = new JsonScanner(Buffer.from(raw));
  const record = scanTicket(scanner);
  scanner.end();
  return record;
}

/**
 * Reads the record that begins where `scanner` is, and moves on to its end.
 * @throws MalformedJson when it is no JSON: then the whole body is broken
 */
export function scanTicket(scanner: JsonScanner): TicketVersion | RejectedTicket {
  const start = scanner.at;
  const { record, unknownKeys, odd } = scanner.startsWith('{')
    ? scanFields(scanner)
    : { record: scanner.parsed(), unknownKeys: [], odd: false };
  const parsed = ticket.safeParse(record);
  if (!parsed.success) {
    const reason = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'record'}: ${message}`,
    );
    return { kind: 'rejected', reason: reason.join('; '), json: scanner.bytesFrom(start).toString() };
  }
  const { id, generated_timestamp: generatedTimestamp, updated_at, status } = parsed.data;
  const updated = typeof updated_at === 'string' ? Date.parse(updated_at) : Number.NaN;
  return {
    kind: 'ticket',
    id,
    generatedTimestamp,
    updatedAt: Number.isNaN(updated) ? null : updated / 1000,
    deleted: status === 'deleted',
    ...(odd ? { odd } : {}),
    ...(unknownKeys.length === 0 ? {} : { unknownKeys }),
    json: scanner.bytesFrom(start),
  };
}

/** Of an object, what is used of its values; the rest is only walked through. Of equal keys the last counts. */
function scanFields(scanner: JsonScanner): Fields {
  const record: Record<string, unknown> = {};
  const unknownKeys: string[] = [];
  const keys = new Set<string>();
  let isOdd = false;
  scanner.members((key) => {
    const start = scanner.at;
    if (USED_KEYS.has(key)) record[key] = scanner.parsed();
    else scanner.value();
    if (!TICKET_KEYS.has(key)) unknownKeys.push(key);
    if (keys.has(key) || !isPlain(key, scanner.bytesFrom(start))) isOdd = true;
    keys.add(key);
  });
  return { record, unknownKeys, odd: isOdd };
}

interface Fields {
  readonly record: object;
  readonly unknownKeys: readonly string[];
  readonly odd: boolean;
}
