import type { ExportRequest, FieldsRead } from '../src/contract/request';
import type { Action, Problem, Rejection } from '../src/contract/status';
import { iso } from '../src/contract/time';
import type { StreamName } from '../src/streams';
import type { Pace } from './pace';
import type { StreamState } from './streamState';

/** Of the shape below: grows with every change that a state of before does not fit. See `carried.ts`. */
export const STATE_VERSION = 1;

/**
 * All that an export remembers, carried through continue-as-new: plain JSON, changed only by pure functions, a file for
 * each thing that happens: `preparation.ts`, `page.ts`, `poll.ts`, `blocked.ts`, `customFields.ts`, `actions.ts`.
 * Moments are Unix milliseconds of the workflow's clock; Zendesk's times are Unix seconds.
 */
export interface ExportState {
  readonly version: typeof STATE_VERSION;
  readonly startedAt: number;
  readonly paused: boolean;
  /** The place is held until that has passed, or until `resume` or `resetCursor`. */
  readonly blocked: Block | null;
  /** When the pause or the block began; null while there is none. */
  readonly stoppedAt: number | null;
  /** How it ended, where not by reading everything. */
  readonly ended: 'cancelled' | 'failed' | null;
  readonly lastError: Problem | null;
  /** Zendesk takes no request before; 0: at any time. */
  readonly notBefore: number;
  /** An operator has resumed the export and nothing has come back since: the worker need not wait for that time either. */
  readonly atOnce: boolean;
  readonly actions: readonly Action[];
  readonly rejectedSignals: readonly Rejection[];
  /** Null until `prepareExport` has accepted the input. */
  readonly progress: Progress | null;
  /** The pages that have been asked for and not come back; at most one of a range. */
  readonly underway: readonly Underway[];
  /** The reading of the account's custom fields that is under way, and whether the export had not caught up before it. */
  readonly describing: { readonly early: boolean } | null;
}

/** What is read, and how far that has come. */
export interface Progress {
  readonly request: ExportRequest;
  /** Whether the namespace knows our search attributes. */
  readonly searchAttributes: boolean;
  /** One quota bounds all streams. */
  readonly pace: Pace;
  /** Grows with every reset of any stream. */
  readonly epoch: number;
  /** The number of the next page, unique within the export. */
  readonly nextPage: number;
  readonly streams: Streams;
  /** Absent until the account's custom fields have been read, or found not to be readable. */
  readonly fields?: FieldsRead;
}

export type Streams = Readonly<Record<StreamName, StreamState>>;

/** What keeps an export from going on until it has passed or an operator has acted. Moments are Unix milliseconds. */
export interface Block extends Problem {
  /** The lane whose page was refused; null: the export has not been prepared. */
  readonly lane: Lane | null;
  readonly beganAt: number;
  /** How often it was looked whether that has passed, and when it will be next. */
  readonly looks: number;
  readonly lookAt: number;
  /** Whether such a look is under way. */
  readonly looking: boolean;
}

/** One range of one stream: what is read page after page. */
export interface Lane {
  readonly stream: StreamName;
  readonly range: number;
}

/** A page that has been asked for. */
export interface Underway extends Lane {
  readonly epoch: number;
  readonly page: number;
  readonly askedAt: number;
}

export function initialState(now: number): ExportState {
  return {
    version: STATE_VERSION,
    startedAt: now,
    paused: false,
    blocked: null,
    stoppedAt: null,
    ended: null,
    lastError: null,
    notBefore: 0,
    atOnce: false,
    actions: [],
    rejectedSignals: [],
    progress: null,
    underway: [],
    describing: null,
  };
}

export function withStream(
  progress: Progress,
  name: StreamName,
  change: (stream: StreamState) => StreamState,
): Progress {
  return { ...progress, streams: { ...progress.streams, [name]: change(progress.streams[name]) } };
}

/** The export has ended before everything was read. */
export function end(state: ExportState, how: NonNullable<ExportState['ended']>): ExportState {
  return { ...state, ended: how };
}

/** The problem ends the export instead of blocking it. */
export function fail(state: ExportState, problem: Problem): ExportState {
  return { ...end(state, 'failed'), blocked: null, lastError: problem };
}

/** ISO 8601 for a moment of the workflow's clock. */
export function moment(now: number): string {
  return iso(Math.floor(now / 1000));
}
