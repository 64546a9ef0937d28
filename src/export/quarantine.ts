import { CLOCK_SKEW_SECONDS } from '../contract/time';
import { textOf } from '../destinations/recordText';
import { incrementalPaging, STREAMS, type StreamName } from '../streams';
import type { RecordVersion, RejectedRecord } from '../streams/record';
import type { ParsedPage } from '../zendesk/parsePage';
import type { ReadRecord } from '../zendesk/recordReader';
import { isRepeatedReject, type Boundary } from './boundary';
import type { Sideloads } from './sideloads';

/**
 * What of a page goes to quarantine, sideloaded objects included. Rejected are records that the parser cannot read
 * (`src/zendesk/recordReader.ts`) and versions of the future. A destination adds the unstorable ones, which it cannot hold, and
 * the originals of altered ones, which it holds with a replacement (`src/destinations/holdable.ts`).
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
  sideloads: Pick<Sideloads, 'rejected'>,
  before: Boundary,
): Quarantine {
  const all = [...page.rejected, ...sideloads.rejected];
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

/** The page with versions of the future among what was rejected. */
export function rejectFuture<Page extends ParsedPage>(page: Page, stream: StreamName, now: number): Page {
  // Where versions are no places, one may lie ahead, as a breach that is foreseen does.
  if (incrementalPaging(stream)?.isOrdered === false) return page;
  const future = page.records.filter((record) => isOfFuture(record, now));
  const sideloads = [...page.sideloads].map(
    ([table, objects]) => [table, objects.map((object) => inTime(object, table, now))] as const,
  );
  return {
    ...page,
    records: page.records.filter((record) => !isOfFuture(record, now)),
    rejected: [...page.rejected, ...future.map((record) => rejectedAsFuture(record, stream))],
    sideloads: new Map(sideloads),
  };
}

function inTime(object: ReadRecord, table: StreamName, now: number): ReadRecord {
  return object.kind === 'record' && isOfFuture(object, now) ? rejectedAsFuture(object, table) : object;
}

function rejectedAsFuture({ json }: RecordVersion, stream: StreamName): RejectedRecord {
  const reason = `${STREAMS[stream].version.key}: in the future`;
  return { kind: 'rejected', stream, reason, json: textOf(json) };
}
