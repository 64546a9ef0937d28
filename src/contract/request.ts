import { incrementalPaging, isOrdered, listPaging, type StreamName } from '../streams';
import type { Bucket, Endpoint } from '../streams/stream';
import { MOST_PER_PAGE, type PageKey, type PageRequest, type Position, type SupportTypeScope } from './page';

/** How often lists are read again while following: by default, and at most. */
export const DEFAULT_SWEEP_SECONDS = 3600;
export const LEAST_SWEEP_SECONDS = 300;

/** An export as the workflow runs it: the input, checked, normalised and with its defaults. Times are Unix seconds. */
export interface ExportRequest {
  readonly subdomain: string;
  /** What is read, in the order in which backfills take the quota. */
  readonly streams: readonly StreamName[];
  /** Where a stream begins that no earlier run has read. */
  readonly startTime: number;
  /** How far the earlier run has come, by stream, when this run continues from one. */
  readonly continued: Readonly<Partial<Record<StreamName, Continued>>>;
  /** When the earlier run read the custom fields, so that every run of a schedule need not. Unix milliseconds. */
  readonly customFields?: Omit<FieldsRead, 'early'>;
  readonly endTime?: number;
  /** Null: each stream's own. */
  readonly pagination: Endpoint | null;
  readonly follow: false | { readonly everySeconds: number };
  /** How often lists are read again while following. */
  readonly lists: { readonly everySeconds: number };
  readonly perPage: number;
  /** Of tickets. */
  readonly include: readonly string[];
  readonly supportTypeScope: SupportTypeScope;
  readonly excludeSystemUpdates: boolean;
  readonly excludeDeleted: boolean;
  /** Of the export bucket; null where the operator left it to what Zendesk's headers show. */
  readonly requestsPerMinute: number | null;
  /** How many ranges of time of a stream are read side by side. */
  readonly ranges: number;
  readonly onBlocked: 'wait' | 'fail';
}

/** What an earlier run leaves of a stream to the next one. Times are Unix seconds. */
export interface Continued {
  readonly position: Position;
  /** The page that ended at `position`. */
  readonly previous?: PageKey;
  readonly watermark?: number;
  /** Its bounds for what only the system touches: see `nextBounds`. */
  readonly polledFrom?: number;
  readonly settling?: number;
  /** What resets have left out. */
  readonly leftOut?: readonly Gap[];
  /** What it reported of fields that Zendesk does not document. */
  readonly newFields?: readonly string[];
}

/** What the pages of a stream of changes are asked for with. */
export interface StreamRequest extends Pick<ExportRequest, 'endTime' | 'perPage' | 'ranges'> {
  readonly endpoint: Endpoint;
  /** Whether a second with more records than a page holds can be read by cursor. */
  readonly hasCursor: boolean;
  /** Whether records come in the order of their versions. */
  readonly isOrdered: boolean;
}

export function streamRequest(request: ExportRequest, name: StreamName): StreamRequest {
  const { endTime, perPage, ranges, pagination } = request;
  return {
    ...(endTime === undefined ? {} : { endTime }),
    perPage,
    // A range ends where its records do, which nobody knows of those without an order.
    ranges: isOrdered(name) ? ranges : 1,
    endpoint: endpointOf(name, pagination),
    hasCursor: hasCursor(name),
    isOrdered: isOrdered(name),
  };
}

/** How many records a page is asked for with; lists have smaller ones. */
export function pageSizeOf({ perPage }: Pick<ExportRequest, 'perPage'>, name: StreamName): number {
  return Math.min(perPage, listPaging(name)?.perPage ?? perPage);
}

/** How many records a page from there holds at most, whatever it is asked for; null: all that there are. */
export function mostPerPage(name: StreamName, { endpoint }: Pick<Position, 'endpoint'>): number | null {
  if (endpoint === 'list') return listPaging(name)?.perPage ?? null;
  return (endpoint === 'cursor' ? incrementalPaging(name)?.cursor?.mostPerPage : undefined) ?? MOST_PER_PAGE;
}

/** Whether less can be asked for than such a page. */
export function canShrink({
  stream,
  position,
  perPage,
}: Pick<PageRequest, 'stream' | 'position' | 'perPage'>): boolean {
  if (mostPerPage(stream, position) === null) return false;
  // At size 1 the time endpoint may still send a whole second; the cursor endpoint never does.
  return perPage > 1 || (position.endpoint === 'time' && hasCursor(stream));
}

/** A cursor of lists is a way out of a crowded second, whose small pages would cost ten times the quota. */
export function endpointOf(name: StreamName, pagination: ExportRequest['pagination']): Endpoint {
  const paging = incrementalPaging(name);
  return paging?.cursor?.style === 'export' ? (pagination ?? paging.prefers) : 'time';
}

/** Whether a second of it can be read by cursor. */
export function hasCursor(name: StreamName): boolean {
  return (incrementalPaging(name)?.cursor ?? null) !== null;
}

/** The limit that a request counts against. */
export function bucketOf(name: StreamName, { endpoint }: Pick<Position, 'endpoint'>): Bucket {
  if (endpoint === 'list') return 'account';
  return (endpoint === 'cursor' ? incrementalPaging(name)?.cursor?.bucket : undefined) ?? 'export';
}

/** From one second to another, in Unix seconds. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** The account's custom fields as they were last read, and how well they fit the stored tickets. Moments are Unix milliseconds. */
export interface FieldsRead {
  /** When that was tried last. */
  readonly at: number;
  /** When it succeeded last; null: never yet. */
  readonly readAt: number | null;
  /** Whether it was before the first catching up: of the tickets that came since, values may disagree with their type. */
  readonly early: boolean;
  /** Fields that are text for that reason. */
  readonly asText: number;
  /** Why it failed the last time, or what of them the destination could not take on. */
  readonly problem: string | null;
}

/** What `prepareExport` answers. */
export interface Prepared {
  readonly request: ExportRequest;
  /** Whether the namespace knows our search attributes: setting an unknown one would wedge the workflow. */
  readonly searchAttributes: boolean;
}

/** What `describeFields` answers: how many fields are text there, and what the destination could not take on. */
export type FieldsAnswer = Pick<FieldsRead, 'asText' | 'problem'>;
