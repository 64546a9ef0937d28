import { log } from '@temporalio/activity';
import type { OpenAccount } from '../src/account/accounts';
import type { FieldNote } from '../src/destinations/destination';

export interface Described {
  /** Active custom fields of the account; null when the credentials may not see them. */
  readonly fields: number | null;
  /** Of those, how many are text because values disagree with their type. */
  readonly asText: number;
  /** What the destination could not take on; null: nothing. */
  readonly problem: string | null;
}

/** Notes of one reading in the log; all of them are in `ticket_fields`. */
const LOGGED = 20;

/** @throws ZendeskError, DestinationRefused */
export async function describeFields(
  { zendesk, destination }: OpenAccount,
  subdomain: string,
  signal: AbortSignal,
): Promise<Described> {
  const fields = await zendesk.ticketFields(signal);
  if (fields === undefined) {
    log.info('no custom fields: the credentials may not read /api/v2/ticket_fields', { subdomain });
    return { fields: null, asText: 0, problem: null };
  }
  const notes = await destination.use(
    async (store) => store.describeFields(subdomain, fields),
    // It may be the last thing before the export ends or waits; pages under way keep the destination open.
    () => true,
  );
  for (const { id, title, kind, reason } of notes.slice(0, LOGGED)) {
    log.warn(MESSAGES[kind], { subdomain, field: id, title, reason });
  }
  const leftOut = notes.filter(({ kind }) => kind === 'leftOut');
  return {
    fields: fields.filter(({ active }) => active).length,
    asText: notes.length - leftOut.length,
    problem: problemOf(leftOut),
  };
}

const MESSAGES: Record<FieldNote['kind'], string> = {
  text: 'a custom field is kept as text',
  leftOut: 'a custom field has no column',
};

/** Fields that the status names. */
const NAMED = 5;

function problemOf(leftOut: readonly FieldNote[]): string | null {
  const [first] = leftOut;
  if (first === undefined) return null;
  const names = leftOut.slice(0, NAMED).map(({ id, title }) => `${title} (${id})`);
  const more = leftOut.length > NAMED ? `, and ${leftOut.length - NAMED} more` : '';
  return `${first.reason}; left out: ${names.join(', ')}${more}`;
}
