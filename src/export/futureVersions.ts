import { CLOCK_SKEW_SECONDS } from '../contract/time';
import { textOf } from '../destinations/recordText';
import type { ParsedPage } from '../zendesk/parsedPage';
import type { RecordVersion } from '../streams/record';

/**
 * Whether a version claims to be generated later than now, which none can be. Stored, it would never be replaced by a
 * true one, and the export would take its time for its own place.
 * @param now epoch seconds
 */
export function isOfFuture({ version }: Pick<RecordVersion, 'version'>, now: number): boolean {
  return version > now + CLOCK_SKEW_SECONDS;
}

/** The page with such versions among its rejected records. */
export function withoutFuture(page: ParsedPage, now: number): ParsedPage {
  const future = page.records.filter((ticket) => isOfFuture(ticket, now));
  if (future.length === 0) return page;
  const rejected = future.map(({ json }) => ({
    kind: 'rejected' as const,
    reason: 'generated_timestamp: in the future',
    json: textOf(json),
  }));
  return {
    ...page,
    records: page.records.filter((ticket) => !isOfFuture(ticket, now)),
    rejected: [...page.rejected, ...rejected],
  };
}
