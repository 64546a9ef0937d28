import type { PageResult } from '../contract/page';
import { passes, placeOfCursor } from '../contract/position';
import type { Difference, Place, RereadRequest } from '../contract/verification';
import type { RecordHere } from './differences';

/** A version as the export shows it. Times are Unix seconds. */
export interface VersionThere {
  /** Its `generated_timestamp`. */
  readonly version: number;
  readonly updatedAt: number | null;
  readonly deleted: boolean;
}

/** A version as the destination has it. */
export type VersionHere = RecordHere & Pick<VersionThere, 'version'>;

/** After every ticket of a second. */
const LAST_ID = Number.MAX_SAFE_INTEGER;

/** Up to where a page shows all tickets: what the destination has there, and the page does not, has changed or is gone. */
export function reachOf(
  page: Pick<PageResult, 'endOfStream' | 'endTime' | 'afterCursor' | 'last'>,
  { position, until }: Pick<RereadRequest, 'position' | 'until'>,
): Place {
  const end = { second: until, id: LAST_ID };
  if (page.endOfStream || passes(page, until, true)) return end;
  // Of its last second there may be more on the next page.
  const beforeLast = { second: page.endTime ?? page.last ?? 0, id: 0 };
  if (position.endpoint === 'time' || page.afterCursor === null) return beforeLast;
  return placeOfCursor(page.afterCursor) ?? beforeLast;
}

/** What is to be compared of a page: each version once, though the last second of a time based page comes again. */
export function isCompared(
  { version }: Pick<VersionThere, 'version'>,
  reach: Place,
  { position, until }: Pick<RereadRequest, 'position' | 'until'>,
): boolean {
  if (version > until) return false;
  return position.endpoint === 'cursor' || version < reach.second || reach.id === LAST_ID;
}

/** What is wrong with a row, by the version that Zendesk shows; undefined: nothing. */
export function differenceFrom(
  there: VersionThere,
  here: VersionHere | undefined,
  { byUpdate }: Pick<RereadRequest, 'byUpdate'>,
): Difference | undefined {
  // An export may leave deleted tickets out.
  if (there.deleted)
    return here === undefined || here.deleted || here.version > there.version ? undefined : 'extra';
  if (here === undefined) return 'missing';
  if (here.version > there.version) return undefined;
  if (here.version === there.version)
    return here.deleted || here.updatedAt !== there.updatedAt ? 'stale' : undefined;
  const isTouchedBySystem = byUpdate && !here.deleted && (there.updatedAt ?? 0) <= (here.updatedAt ?? 0);
  return isTouchedBySystem ? undefined : 'stale';
}
