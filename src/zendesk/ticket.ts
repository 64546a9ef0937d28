import { z } from 'zod';
import { unknownKeysOf } from './ticketKeys';

/** One version of one ticket: identity is `id`, the version is `generatedTimestamp` (epoch seconds). */
export interface TicketVersion {
  readonly kind: 'ticket';
  readonly id: number;
  readonly generatedTimestamp: number;
  /** Epoch seconds of `updated_at`; null when absent or unreadable. */
  readonly updatedAt: number | null;
  readonly deleted: boolean;
  /** Top-level keys that Zendesk does not document. */
  readonly unknownKeys?: readonly string[];
  /** The record exactly as Zendesk sent it, on one line. */
  readonly json: string;
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

/**
 * Reads one record of a page.
 * @param raw its JSON text
 * @throws SyntaxError when the text is no JSON: then the whole body is broken
 */
export function readTicket(raw: string): TicketVersion | RejectedTicket {
  const record: unknown = JSON.parse(raw);
  const parsed = ticket.safeParse(record);
  // A line break cannot stand inside a JSON string, so this only folds pretty-printed records.
  const json = /[\n\r]/.test(raw) ? raw.replace(/[\n\r]\s*/g, ' ') : raw;
  if (!parsed.success) {
    const reason = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'record'}: ${message}`,
    );
    return { kind: 'rejected', reason: reason.join('; '), json };
  }
  const { id, generated_timestamp: generatedTimestamp, updated_at, status } = parsed.data;
  const unknownKeys = unknownKeysOf(record);
  const updated = typeof updated_at === 'string' ? Date.parse(updated_at) : Number.NaN;
  return {
    kind: 'ticket',
    id,
    generatedTimestamp,
    updatedAt: Number.isNaN(updated) ? null : updated / 1000,
    deleted: status === 'deleted',
    ...(unknownKeys === undefined ? {} : { unknownKeys }),
    json,
  };
}
