import type { TicketVersion } from '../../zendesk/ticket';
import { LAST_SECOND_OF_YEAR_9999 } from './layout';

/** Why a ticket cannot be stored; undefined when it can. */
export function whyUnstorable({ generatedTimestamp }: TicketVersion): string | undefined {
  return generatedTimestamp > LAST_SECOND_OF_YEAR_9999
    ? 'generated_timestamp: after the year 9999'
    : undefined;
}
