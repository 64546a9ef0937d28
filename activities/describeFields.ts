import { log } from '@temporalio/activity';
import type { FieldsAnswer } from '../src/contract/request';
import type { OpenAccount } from '../src/account/accounts';
import type { FieldNote } from '../src/destinations/destination';
import { foreignText } from '../src/foreignText';
import { makeViews } from './makeViews';

/** Notes of one reading in the log; all of them are in `ticket_fields`. */
const LOGGED = 20;

/** @throws ZendeskError, DestinationRefused */
export async function describeFields(
  { zendesk, destination }: OpenAccount,
  subdomain: string,
  signal: AbortSignal,
): Promise<FieldsAnswer> {
  const fields = await zendesk.ticketFields(signal);
  if (fields === undefined) {
    log.info('no custom fields: the credentials may not read /api/v2/ticket_fields', { subdomain });
    return { asText: 0, problem: null };
  }
  const { notes, viewsProblem } = await destination.use(
    async (store) => ({
      notes: await store.describeFields(subdomain, fields),
      // Behind it: they show the fields.
      viewsProblem: await makeViews(store, subdomain),
    }),
    // It may be the last thing before the export ends or waits; pages under way keep the destination open.
    () => true,
  );
  for (const { id, title, kind, reason } of notes.slice(0, LOGGED)) {
    log.warn(MESSAGES[kind], { subdomain, field: id, title: foreignText(title, LONGEST_TITLE), reason });
  }
  const leftOut = notes.filter(({ kind }) => kind === 'leftOut');
  return {
    asText: notes.length - leftOut.length,
    problem: [problemOf(leftOut), viewsProblem].filter((text) => text !== null).join('; ') || null,
  };
}

const MESSAGES: Record<FieldNote['kind'], string> = {
  text: 'a custom field is kept as text',
  leftOut: 'a custom field has no column',
};

/** Zendesk's own limit is 255. */
const LONGEST_TITLE = 100;

/** Fields that the status names. */
const NAMED = 5;

function problemOf(leftOut: readonly FieldNote[]): string | null {
  const [first] = leftOut;
  if (first === undefined) return null;
  const names = leftOut
    .slice(0, NAMED)
    .map(({ id, title }) => `${foreignText(title, LONGEST_TITLE)} (${id})`);
  const more = leftOut.length > NAMED ? `, and ${leftOut.length - NAMED} more` : '';
  return `${first.reason}; left out: ${names.join(', ')}${more}`;
}
