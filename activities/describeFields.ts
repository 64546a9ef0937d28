import { log } from '@temporalio/activity';
import type { OpenAccount } from '../src/accounts';

export interface Described {
  /** Active custom fields of the account; null when the credentials may not see them. */
  readonly fields: number | null;
  /** Of those, how many are text because values disagree with their type. */
  readonly asText: number;
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
    return { fields: null, asText: 0 };
  }
  const notes = await destination.use(
    async (store) => store.describeFields(subdomain, fields),
    // It may be the last thing before the export ends or waits; pages under way keep the destination open.
    () => true,
  );
  for (const { id, title, reason } of notes.slice(0, LOGGED)) {
    log.warn('a custom field is kept as text', { subdomain, field: id, title, reason });
  }
  return { fields: fields.filter(({ active }) => active).length, asText: notes.length };
}
