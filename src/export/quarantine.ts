import { CLOCK_SKEW_SECONDS } from '../contract/time';
import { textOf } from '../destinations/recordText';
import { STREAMS, type StreamName } from '../streams';
import type { RecordVersion, RejectedRecord } from '../streams/record';
import type { ParsedPage } from '../zendesk/parsePage';
import { isRepeatedReject, type Boundary } from './boundary';
import type { Sideloads } from './sideloads';

/**
 * What of a page goes to quarantine: records that the parser rejected (`src/zendesk/recordReader.ts`), versions of the
 * future, and sideloaded objects without an id. A destination adds what it cannot hold.
 */
export interface Quarantine {
  /** Everything on the page that belongs there. */
  readonly rejected: readonly RejectedRecord[];
  /** What of it the page before has not put there already. */
  readonly fresh: readonly RejectedRecord[];
  /** How many records were put there with the page before. */
  readonly repeated: number;
}

/** @param page after {@link rejectFuture} */
export function quarantineOf(
  page: Pick<ParsedPage, 'rejected'>,
  { unidentified }: Pick<Sideloads, 'unidentified'>,
  before: Boundary,
): Quarantine {
  const objects = unidentified.map(({ table, json }) =>
    rejected(`${table}: an object without a usable id`, json),
  );
  const all = [...page.rejected, ...objects];
  return {
    rejected: all,
    fresh: all.filter((record) => !isRepeatedReject(record, before)),
    repeated: page.rejected.filter((record) => isRepeatedReject(record, before)).length,
  };
}

/**
 * Whether a version claims to be later than now, which none can be. Stored, it would never be replaced by a true one, and
 * the export would take its time for its own place.
 * @param now Unix seconds
 */
export function isOfFuture({ version }: Pick<RecordVersion, 'version'>, now: number): boolean {
  return version > now + CLOCK_SKEW_SECONDS;
}

/** The page with versions of the future among its rejected records. */
export function rejectFuture<Page extends ParsedPage>(page: Page, stream: StreamName, now: number): Page {
  const future = page.records.filter((record) => isOfFuture(record, now));
  if (future.length === 0) return page;
  const reason = `${STREAMS[stream].version}: in the future`;
  return {
    ...page,
    records: page.records.filter((record) => !isOfFuture(record, now)),
    rejected: [...page.rejected, ...future.map(({ json }) => rejected(reason, textOf(json)))],
  };
}

function rejected(reason: string, json: string): RejectedRecord {
  return { kind: 'rejected', reason, json };
}
