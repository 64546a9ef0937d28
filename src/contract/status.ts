import type { StreamName } from '../streams';
import type { PageKey } from './page';

/** What `status` answers, and the result of an export that ended: everything an operator or a later run needs. */
export type State =
  'starting' | 'running' | 'waiting' | 'paused' | 'blocked' | 'completed' | 'cancelled' | 'failed';

/** Of one stream; `unavailable`: the plan or the role does not have it, and it is tried again every day. */
export type StreamLabel = Exclude<State, 'starting'> | 'unavailable';

export interface Status extends Counts, Reached {
  /** `blocked` only when nothing can continue. */
  readonly state: State;
  readonly subdomain: string | null;
  /** How many of `records` are tickets. */
  readonly tickets: number;
  /** Of the records from the start to now (or to `endTime`), assuming the density seen so far. */
  readonly percent: number | null;
  /** Since this reading towards the end of the stream began, waits for quota included; null while nothing is read. */
  readonly recordsPerSecond: number | null;
  readonly ticketsPerSecond: number | null;
  /** Null while nothing is read, or attempts fail. */
  readonly etaSeconds: number | null;
  /** What the export waits for, in a sentence with the time it ends where that is known. */
  readonly waitingFor: string | null;
  /**
   * The most serious problem of one stream: what blocks, else what keeps failing, else the last failure; null once a page has
   * arrived.
   */
  readonly lastError: (Problem & OfStream) | null;
  /** What `resetCursor` has left out of any stream, in the order of the streams. */
  readonly leftOut: readonly (GapStatus & OfStream)[];
  /** The last signals that were refused, oldest first. */
  readonly rejectedSignals: readonly Rejection[];
  /** What operators did, oldest first. */
  readonly actions: readonly Action[];
  readonly startedAt: string;
  /** The account's custom fields; null until the first attempt to read them. */
  readonly customFields: CustomFields | null;
  readonly streams: Readonly<Partial<Record<StreamName, StreamStatus>>>;
}

/** Of a stream; of the export it is the sum of all. */
export interface Counts {
  /** Records written, deleted ones included: one that changes is written again and counts again. */
  readonly records: number;
  readonly deleted: number;
  readonly quarantined: number;
  /** Versions recognised as already written by the page before. */
  readonly repeated: number;
  readonly pages: number;
  readonly requests: number;
}

/** One stream of an export. Of a list, `records`, `deleted` and `quarantined` are those of the last sweep. */
export interface StreamStatus extends Counts, Reached {
  readonly state: StreamLabel;
  /** Changes are read incrementally; a list is read whole again and again, and has neither a watermark nor a position. */
  readonly kind: 'incremental' | 'list';
  readonly percent: number | null;
  readonly recordsPerSecond: number | null;
  readonly etaSeconds: number | null;
  readonly lastError: Problem | null;
  /** When the last sweep that came to its end began: what the list held then is in the destination. Null: none has. */
  readonly sweptAt: string | null;
}

/** How far reading has come, in a stream; of the export it is the stream that is furthest behind. */
export interface Reached {
  /** Every version generated before this moment is in the destination, but for what is `leftOut`. ISO 8601. */
  readonly watermark: string | null;
  /** Seconds from the watermark to now; null while everything is read and nothing has come yet. */
  readonly lagSeconds: number | null;
  /** What `resetCursor` has jumped over and no later page has read, in the order of time. */
  readonly leftOut: readonly GapStatus[];
  /** As `resetCursor` takes it. */
  readonly position: { readonly startTime: number } | { readonly cursor: string } | null;
  /** The cursor made readable, for people only: its format is not documented by Zendesk. */
  readonly cursorReads: string | null;
  readonly perPage: number | null;
  /** What is still to be read, in the order of time; `watermark` and `position` are those of the earliest. */
  readonly ranges: readonly RangeStatus[];
  /** Where the next run finds the boundary second of the last page. */
  readonly checkpoint: PageKey | null;
  /** What people updated before has been exported, whatever the system touches next: `excludeSystemUpdates` needs it. */
  readonly polledFrom: string | null;
  /** What `polledFrom` becomes when the watermark is some minutes further. */
  readonly settling: string | null;
  /** Top-level fields of records that Zendesk does not document; they are in the raw JSON. */
  readonly newFields: readonly string[];
}

/** Which stream is meant; absent where the export reads one stream alone. */
export interface OfStream {
  readonly stream?: StreamName;
}

export interface Problem {
  readonly type: string;
  /** What failed, the value that matters, what to do. */
  readonly message: string;
  /** When it was seen last, and since when it lasts. */
  readonly at: string;
  readonly since: string;
  /** Attempts that have failed by then. */
  readonly attempts: number;
}

/** A stretch of Zendesk's time that is left out, ISO 8601. */
export interface GapStatus {
  readonly from: string;
  readonly to: string;
}

export interface CustomFields {
  /** When they were read last; null: never yet. */
  readonly readAt: string | null;
  readonly triedAt: string;
  /** How many are text because values disagree with their type. */
  readonly asText: number;
  /** Why they, or some of them, could not be read or stored the last time; the tickets go on without. */
  readonly problem: string | null;
}

export interface Rejection {
  readonly signal: string;
  readonly problem: string;
  readonly at: string;
}

/** What an operator did, from what to what: states, or positions as JSON. */
export interface Action {
  readonly action: string;
  /** Null: all of them. */
  readonly stream: StreamName | null;
  readonly from: string;
  readonly to: string;
  readonly at: string;
}

/** What the update `resetCursor` answers: the new status (with `dryRun`, the old one), and what the reset means. */
export interface ResetAnswer extends Status {
  readonly reset: {
    readonly from: Status['position'];
    readonly to: Status['position'];
    /** The time span that the reset skips; null: nothing, or a cursor that cannot be read. */
    readonly leavesOut: GapStatus | null;
    /** Pages from there to now, or to `endTime`, assuming the density seen so far; null when that is unknown. */
    readonly estimatedPages: number | null;
    readonly dryRun: boolean;
  };
}

/** One of the stretches of time that are read side by side. */
export interface RangeStatus {
  readonly watermark: string;
  /** Null for the open one, which continues to the end of the stream. */
  readonly until: string | null;
  readonly records: number;
}
