import type { PageKey } from './page';

/** What `status` answers, and the result of an export that ended: everything an operator or a later run needs. */
export type State = 'starting' | 'running' | 'waiting' | 'paused' | 'blocked' | 'completed';

export interface Status {
  readonly state: State;
  readonly subdomain: string | null;
  /** Every version generated before this moment is in the destination. ISO 8601. */
  readonly watermark: string | null;
  /** Seconds from the watermark to now. */
  readonly lagSeconds: number | null;
  /** Ticket versions written, deleted ones included. */
  readonly tickets: number;
  readonly deleted: number;
  readonly quarantined: number;
  /** Versions recognised as already written by the page before. */
  readonly repeated: number;
  readonly pages: number;
  readonly requests: number;
  /** As `resetCursor` takes it. */
  readonly position: { readonly startTime: number } | { readonly cursor: string } | null;
  /** The cursor made readable, for people only: its format is not documented by Zendesk. */
  readonly cursorReads: string | null;
  /** Of the time from the start to now (or to `endTime`). */
  readonly percent: number | null;
  /** Of this epoch's reading so far, waits included. */
  readonly ticketsPerSecond: number | null;
  readonly etaSeconds: number | null;
  readonly perPage: number | null;
  /** What is still to be read, in the order of time; `watermark` and `position` are those of the earliest. */
  readonly ranges: readonly RangeStatus[];
  /** What the export waits for, in a sentence with the time it ends where that is known. */
  readonly waitingFor: string | null;
  readonly lastError: Problem | null;
  /** The last signals that were refused, oldest first. */
  readonly rejectedSignals: readonly Rejection[];
  /** What operators did, oldest first. */
  readonly actions: readonly Action[];
  readonly startedAt: string;
  /** Where the next run finds the boundary second of the last page. */
  readonly checkpoint: PageKey | null;
  /** When the account's custom fields were read, and how many are text because values disagree with their type. */
  readonly customFields: { readonly readAt: string; readonly asText: number } | null;
  /** Top-level fields of tickets that Zendesk does not document; they are in the raw JSON. */
  readonly newFields: readonly string[];
}

export interface Problem {
  readonly type: string;
  /** What failed, the value that matters, what to do. */
  readonly message: string;
  readonly at: string;
}

export interface Rejection {
  readonly signal: string;
  readonly problem: string;
  readonly at: string;
}

/** What an operator did, from what to what: states, or positions as JSON. */
export interface Action {
  readonly action: string;
  readonly from: string;
  readonly to: string;
  readonly at: string;
}

/** What the update `resetCursor` answers: the new status (with `dryRun`, the old one), and what the reset means. */
export interface ResetAnswer extends Status {
  readonly reset: {
    readonly from: Status['position'];
    readonly to: Status['position'];
    /** Pages from there to now, or to `endTime`, as dense as the tickets read so far; null when that cannot be told. */
    readonly estimatedPages: number | null;
    readonly dryRun: boolean;
  };
}

/** One of the stretches of time that are read side by side. */
export interface RangeStatus {
  readonly watermark: string;
  /** Null for the open one, which goes on to the end of the stream. */
  readonly until: string | null;
  readonly tickets: number;
}
