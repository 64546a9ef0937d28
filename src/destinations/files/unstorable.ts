import type { RecordVersion } from '../../streams/record';
import { LAST_SECOND_OF_YEAR_9999 } from './layout';

/** Why a ticket cannot be stored; undefined when it can. */
export function whyUnstorable({ version }: RecordVersion): string | undefined {
  return version > LAST_SECOND_OF_YEAR_9999 ? 'generated_timestamp: after the year 9999' : undefined;
}
