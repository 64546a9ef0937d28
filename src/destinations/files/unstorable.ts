import type { Stream } from '../../streams/stream';
import type { RecordVersion } from '../../streams/record';
import { LAST_SECOND_OF_YEAR_9999 } from './layout';

/** Why a record cannot be stored; undefined when it can. */
export function whyUnstorable({ version }: RecordVersion, stream: Stream): string | undefined {
  return version > LAST_SECOND_OF_YEAR_9999 ? `${stream.version.key}: after the year 9999` : undefined;
}
