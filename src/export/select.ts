import type { PageRequest } from '../contract/page';
import type { RecordId, RecordVersion } from '../streams/record';
import { isRepeat, type Boundary } from './boundary';

export interface Selection {
  /** To be written: one version per record, the newest on the page. */
  readonly write: readonly RecordVersion[];
  /** What the destination has once the page is written: that, and what the page before has brought. */
  readonly kept: readonly RecordVersion[];
  /** Versions that were written with the page before, or are superseded on this one. */
  readonly repeated: number;
  readonly filtered: number;
}

/** Which records of a page are new and wanted. */
export function select(
  records: readonly RecordVersion[],
  request: Pick<PageRequest, 'until' | 'excludeDeleted' | 'excludeUpdatedBefore'>,
  boundary: Boundary,
): Selection {
  const { until = Infinity } = request;
  const within = records.filter(({ version }) => version <= until);
  const newest = newestOfEach(within);
  const fresh = newest.filter((record) => !isRepeat(record, boundary));
  const excluded = new Set(fresh.filter((record) => isExcluded(record, request)));
  return {
    write: fresh.filter((record) => !excluded.has(record)),
    kept: newest.filter((record) => !excluded.has(record)),
    repeated: within.length - fresh.length,
    filtered: records.length - within.length + excluded.size,
  };
}

/** Of several versions of a record the newest; of those of one second the last. */
export function newestOfEach(records: readonly RecordVersion[]): RecordVersion[] {
  const newest = new Map<RecordId, RecordVersion>();
  for (const record of records) {
    const other = newest.get(record.id);
    if (other === undefined || record.version >= other.version) newest.set(record.id, record);
  }
  return [...newest.values()];
}

function isExcluded(
  { deleted, updatedAt }: RecordVersion,
  { excludeDeleted, excludeUpdatedBefore }: Pick<PageRequest, 'excludeDeleted' | 'excludeUpdatedBefore'>,
): boolean {
  // Zendesk is asked to leave them out, too, but nothing proves that the time based endpoint does.
  if (excludeDeleted && deleted) return true;
  return excludeUpdatedBefore !== undefined && updatedAt !== null && updatedAt < excludeUpdatedBefore;
}
