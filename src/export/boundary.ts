import { z } from 'zod';
import { passes } from '../contract/position';
import type { PageRequest } from '../contract/page';
import { digest } from '../digest';
import { isOrdered } from '../streams';
import type { ParsedPage } from '../zendesk/parsePage';
import type { RejectedRecord, RecordVersion } from '../streams/record';

/**
 * The second where the next page starts: `start_time` is inclusive, so what was written of it comes again. Kept with the
 * page's checkpoint in the destination, because hundreds of records can share one second and the workflow's state must
 * stay small.
 */
export interface Boundary {
  /** Unix seconds; null before the first record. */
  readonly second: number | null;
  /** Record id → digest of the version written. Two versions of one second differ in their content only. */
  readonly versions: ReadonlyMap<number, string>;
  /** Digests of the records quarantined with the page, whichever second they belong to. */
  readonly rejected: ReadonlySet<string>;
}

export const NO_BOUNDARY: Boundary = { second: null, versions: new Map(), rejected: new Set() };

export function isRepeat(record: RecordVersion, { versions }: Boundary): boolean {
  // Texts are ids of lists alone, which have no boundary.
  const written = typeof record.id === 'number' ? versions.get(record.id) : undefined;
  // Equal content is of an equal version.
  return written !== undefined && written === short(record.json);
}

export function isRepeatedReject(record: RejectedRecord, { rejected }: Boundary): boolean {
  return rejected.has(short(record.json));
}

/**
 * The boundary after a page has been written.
 * @param kept of its records, those that the destination has now: what a filter left out may be wanted by a later run
 * @param rejected what was quarantined with it, or had been with the page before
 */
export function boundaryAfter(
  page: Pick<ParsedPage, 'records' | 'endTime' | 'afterCursor'>,
  kept: readonly RecordVersion[],
  rejected: readonly RejectedRecord[],
  before: Boundary,
  { stream, position, until }: Pick<PageRequest, 'stream' | 'position' | 'until'>,
): Boundary {
  // No second of a list comes again.
  if (position.endpoint === 'list') return NO_BOUNDARY;
  const last = lastSecond(page.records);
  if (last === null && rejected.length === 0) return before;
  const byCursor = position.endpoint === 'cursor';
  const inOrder = isOrdered(stream);
  const passed = until !== undefined && passes({ last, endTime: page.endTime }, until, inOrder);
  const second = passed ? until : byCursor ? last : (page.endTime ?? last);
  if (second === null) return before;
  const continues = second === before.second;
  // By cursor nothing comes again, except what a time based page has brought of a second it was pinned to. That much must
  // be known to the second's end; all of a second of thousands must not be kept.
  if (byCursor && continues && second !== until && page.afterCursor !== null) return before;
  const versions = kept
    // Without an order, any record of the page may come again with its last second.
    .filter(({ version }) => !inOrder || version === second)
    .flatMap(({ id, json }) => (typeof id === 'number' ? [[id, short(json)] as const] : []));
  return {
    second,
    versions: new Map([...(continues ? before.versions : []), ...versions]),
    rejected: new Set(rejected.map((record) => short(record.json))),
  };
}

export function firstSecond(records: readonly RecordVersion[]): number | null {
  return records.length === 0
    ? null
    : records.reduce((first, { version }) => Math.min(first, version), Infinity);
}

export function lastSecond(records: readonly RecordVersion[]): number | null {
  return records.length === 0 ? null : records.reduce((last, { version }) => Math.max(last, version), 0);
}

const stored = z.object({
  second: z.int().nullable(),
  versions: z.array(z.tuple([z.int(), z.string()])),
  rejected: z.array(z.string()).default([]),
});

/** As JSON, for the checkpoint. */
export const boundaryJson = stored.transform(({ second, versions, rejected }): Boundary => ({
  second,
  versions: new Map(versions),
  rejected: new Set(rejected),
}));

export function toJson({ second, versions, rejected }: Boundary): z.input<typeof boundaryJson> {
  return { second, versions: [...versions], rejected: [...rejected] };
}

// 64 bits tell the few versions of one record in one second apart, and keep a second of hundreds small.
function short(json: string | Uint8Array): string {
  return digest(json).slice(0, 16);
}
