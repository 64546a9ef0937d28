import { NOT_FIELDS } from '../streams/ticketEvents';
import { isBug } from './destination';

/** Views of `ticket_events`, in the same words for every store. */
export const EVENT_VIEWS = ['ticket_comments', 'ticket_field_history'] as const;
export type EventView = (typeof EVENT_VIEWS)[number];

/** What kinds of child events are comments, as a regular expression: Comment, VoiceComment, FacebookComment and so on. */
export const COMMENT_KINDS = '^([A-Za-z]*Comment|Tweet|ChatMessage)$';

/** Those that say what has become of fields. Others have keys of the same names: a Notification has a subject. */
export const CHANGE_KINDS = `('Create', 'Change')`;

export const NO_FIELD_LIST = `(${NOT_FIELDS.map((name) => `'${name}'`).join(', ')})`;

/** The first second that is no time any more: of the year 10000. */
const END_OF_TIME = 253_402_300_800;

/** When a ticket event happened. A release may have stored a time that is none. */
export const EVENT_TIME = `coalesce(created_at, CASE WHEN version < ${END_OF_TIME} THEN to_timestamp(version) END)`;

/**
 * Makes one thing after the other that readers would like to have.
 * @returns what could not be made, and why
 */
export async function lacking<T extends string>(
  names: readonly T[],
  make: (name: T) => Promise<unknown>,
): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const name of names) {
    try {
      await make(name);
    } catch (error) {
      if (isBug(error)) throw error;
      const { message } = error instanceof Error ? error : new Error(String(error));
      notes.push(`${name}: ${message.replace(/, then resume\.$/, '.')}`);
    }
  }
  return notes;
}
