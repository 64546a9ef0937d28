import type { StreamName } from '../streams';

/** What the workflow and the page activity say to each other. Plain JSON, never a record: all of it enters history. */

/** Zendesk gives no more on one page, whatever it is asked for. */
export const MOST_PER_PAGE = 1000;

/** Where the next page starts. `startTime` is Unix seconds, inclusive; a cursor is opaque and comes from Zendesk. */
export type Position =
  | { readonly endpoint: 'time' | 'cursor'; readonly startTime: number }
  | { readonly endpoint: 'cursor'; readonly cursor: string }
  | ListPosition;

/** A place in a list. */
export interface ListPosition {
  readonly endpoint: 'list';
  /** Names the sweep: the Unix second when it began. */
  readonly sweep: number;
  /** What Zendesk says the next page comes after; null for the first. */
  readonly after: string | null;
  /** How many pages of the sweep came before; absent in places from before it was counted. */
  readonly pages?: number;
  /** What some page before came after: a list that comes back to it goes in a circle. */
  readonly passed?: string;
}

/** Names one page of one export: a retried attempt has the same key, so that its checkpoint is found again. */
export interface PageKey {
  /** First run id of the workflow chain. */
  readonly exportId: string;
  /** Grows with every reset of the position. */
  readonly epoch: number;
  readonly page: number;
}

export interface PageRequest {
  readonly subdomain: string;
  readonly stream: StreamName;
  readonly key: PageKey;
  /** Which of the ranges that are read side by side it belongs to. */
  readonly range: number;
  /** The page before, whose last second comes again on this one; absent at the start and after a reset. */
  readonly previous?: PageKey;
  readonly position: Position;
  readonly perPage: number;
  /** Of a list: earlier pages of the sweep had records that could not be stored, so nobody knows what is no longer there. */
  readonly hasGaps?: true;
  /** An operator has resumed the export: Zendesk is asked even before the time that it named. */
  readonly atOnce?: true;
  /** Attempts that earlier activities for this page have handed over as failed; absent for none. */
  readonly failedBefore?: number;
  readonly include: readonly string[];
  readonly supportTypeScope: SupportTypeScope;
  readonly excludeDeleted: boolean;
  /** Unix seconds: records whose `updated_at` is older were touched by the system only, and are left out. */
  readonly excludeUpdatedBefore?: number;
  /** Unix seconds, inclusive: later versions are left out. */
  readonly until?: number;
}

export type SupportTypeScope = 'all' | 'agent' | 'ai_agent';

/** One page as the workflow needs to know it. Times are versions, in Unix seconds. */
export interface PageResult {
  /** Records on the page as received. */
  readonly received: number;
  /** Versions written; not counted: repeats, left out by a filter, quarantined. */
  readonly written: number;
  /** How many of those written are deleted, and how many others the end of a sweep marked so. */
  readonly deleted: number;
  /** Versions that the page before had brought already. */
  readonly repeated: number;
  readonly filtered: number;
  readonly quarantined: number;
  /** Decoded size of the body in bytes. */
  readonly bytes: number;
  /** Bounds of the page; null when it is empty. */
  readonly first: number | null;
  readonly last: number | null;
  /** How many of the received records share the second `last`. */
  readonly onLastSecond: number;
  readonly endTime: number | null;
  readonly afterCursor: string | null;
  readonly endOfStream: boolean;
  /** More records on one second than a page holds: nothing was written, the second must be read by cursor. */
  readonly pinned: boolean;
  /** Top-level keys of its records that Zendesk does not document, at most ten. */
  readonly newKeys: readonly string[];
  /** Requests this page cost, failed attempts included. */
  readonly requests: number;
  readonly quota: QuotaSeen | null;
}

/** What an activity adds to a failure that it hands to the workflow. */
export interface HandedOver {
  /** Attempts that have failed, those of earlier activities for the same included. */
  readonly attempts: number;
  /** Whether it may still pass by itself. */
  readonly passes: boolean;
  /** Zendesk takes no request for so long. */
  readonly retryAfterMs?: number;
}

/** A bucket as an answer's header showed it. */
export interface Quota {
  readonly total: number;
  readonly remaining: number;
  /** As Zendesk sent it: whole seconds, rounded up. */
  readonly resetsInSeconds: number;
}

/** Ages instead of moments, because the worker's clock need not be Temporal's. */
export interface QuotaSeen extends Quota {
  /** How long ago the request was sent, and its answer began. */
  readonly askedMsAgo: number;
  readonly answeredMsAgo: number;
}
