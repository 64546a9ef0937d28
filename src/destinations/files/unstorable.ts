import { viewOf } from '../../bytes';
import type { TicketVersion } from '../../zendesk/ticket';
import { bytesOf, textOf, type Json } from '../records';
import { LAST_SECOND_OF_YEAR_9999 } from './layout';

/** Why a ticket cannot be stored; undefined when it can. */
export function whyUnstorable(ticket: TicketVersion): string | undefined {
  if (ticket.generatedTimestamp > LAST_SECOND_OF_YEAR_9999) return 'generated_timestamp: after the year 9999';
  return whyUnreadable(ticket);
}

/** Why readers could not read a record, and with it the file it is in; undefined when they can. */
export function whyUnreadable({ json }: { readonly json: Json }): string | undefined {
  return hasLoneSurrogate(json) ? 'half of a surrogate pair: no valid JSON for strict readers' : undefined;
}

/** Of the escape of any half. */
const STARTS = ['\\ud', '\\uD'].map((start) => Buffer.from(start));
const ESCAPES = /\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F])|.)/g;

/** Whether a JSON text escapes half of a character, which JavaScript takes, and DuckDB does not. */
export function hasLoneSurrogate(json: Json): boolean {
  const bytes = viewOf(bytesOf(json));
  if (!STARTS.some((start) => bytes.includes(start))) return false;
  // Every escape in turn, whole pairs first: `\\ud800` is a backslash and five letters.
  for (const [, half] of textOf(json).matchAll(ESCAPES)) if (half !== undefined) return true;
  return false;
}
