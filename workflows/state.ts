import type { ExportRequest, FieldsRead } from '../src/contract/request';
import type { Action, OfStream, Problem, Rejection } from '../src/contract/status';
import { iso } from '../src/contract/time';
import type { StreamName } from '../src/streams';
import type { Bucket } from '../src/streams/stream';
import type { Pace } from './pace';
import type { Block, StreamState } from './streamState';

/** Of the shape below. Increment it when an older state no longer fits; see `carried.ts`. */
export const STATE_VERSION = 3;

/**
 * All that an export remembers, carried through continue-as-new: plain JSON, changed only by pure functions, a file for
 * each thing that happens: `preparation.ts`, `page.ts`, `incremental.ts`, `sweep.ts`, `blocked.ts`, `unavailable.ts`,
 * `customFields.ts`, `actions.ts`.
 * Moments are Unix milliseconds of the workflow's clock; Zendesk's times are Unix seconds.
 */
export interface ExportState {
  readonly version: typeof STATE_VERSION;
  readonly startedAt: number;
  readonly paused: boolean;
  /** What keeps it from being prepared. */
  readonly blocked: Block | null;
  /** How it ended, where not by reading everything. */
  readonly ended: 'cancelled' | 'failed' | null;
  /** Of its preparation, or what ended it. */
  readonly lastError: (Problem & OfStream) | null;
  /** Zendesk takes no request for its preparation before; 0: at any time. */
  readonly notBefore: number;
  readonly actions: readonly Action[];
  readonly rejectedSignals: readonly Rejection[];
  /** Null until `prepareExport` has accepted the input. */
  readonly progress: Progress | null;
  /** The pages that have been asked for and not come back; at most one of a range. */
  readonly underway: readonly Underway[];
  /** The reading of the account's custom fields that is under way, and whether the export had not caught up before it. */
  readonly describing: { readonly early: boolean } | null;
  /** The notices that were sent; absent where none was. */
  readonly sent?: Readonly<Partial<Record<Subject, Sent>>>;
}

/**
 * What is read, and how far that has come, as the export remembers it; what people see of it is made in `status.ts`, `details.ts`
 * and `show.ts`.
 */
export interface Progress {
  readonly request: ExportRequest;
  /** Whether the namespace knows our search attributes. */
  readonly searchAttributes: boolean;
  /** One for each limit, which bounds all streams that count against it. */
  readonly paces: Readonly<Record<Bucket, Pace>>;
  /** Grows with every reset of any stream. */
  readonly epoch: number;
  /** The number of the next page, unique within the export. */
  readonly nextPage: number;
  readonly streams: Streams;
  /** Absent until the account's custom fields have been read, or found not to be readable. */
  readonly fields?: FieldsRead;
}

/** Those that are read, which may change: `request.streams` has their order. */
export type Streams = Readonly<Partial<Record<StreamName, StreamState>>>;

/** One range of one stream: what is read page after page. */
export interface Lane {
  readonly stream: StreamName;
  readonly range: number;
}

/** A page that has been asked for. */
export interface Underway extends Lane {
  readonly bucket: Bucket;
  readonly epoch: number;
  readonly page: number;
  readonly askedAt: number;
  /** It failed before and may wait for minutes to be tried again: other lists are read beside it. */
  readonly isRetry?: true;
}

/** The last notice of a stream, or of the preparation. */
export interface Sent {
  readonly isBlocked: boolean;
  /** What blocked it, and when the notice was sent; Unix milliseconds. */
  readonly type: string;
  readonly at: number;
}

/** What a notice can be about: a stream, or the preparation of the export. */
export type Subject = StreamName | 'preparation';

export function initialState(now: number): ExportState {
  return {
    version: STATE_VERSION,
    startedAt: now,
    paused: false,
    blocked: null,
    ended: null,
    lastError: null,
    notBefore: 0,
    actions: [],
    rejectedSignals: [],
    progress: null,
    underway: [],
    describing: null,
  };
}

/** A stream that has been removed meanwhile is left alone. */
export function withStream(
  progress: Progress,
  name: StreamName,
  change: (stream: StreamState) => StreamState,
): Progress {
  const { [name]: stream } = progress.streams;
  return stream === undefined
    ? progress
    : { ...progress, streams: { ...progress.streams, [name]: change(stream) } };
}

/** The same change of every stream. */
export function withStreams(progress: Progress, change: (stream: StreamState) => StreamState): Progress {
  return progress.request.streams.reduce((before, name) => withStream(before, name, change), progress);
}

/** The streams that are read, in their order. */
export function streamsOf({ request, streams }: Progress): (readonly [StreamName, StreamState])[] {
  return request.streams.flatMap((name) => {
    const { [name]: stream } = streams;
    return stream === undefined ? [] : [[name, stream] as const];
  });
}

/** The export has ended before everything was read. */
export function end(state: ExportState, how: NonNullable<ExportState['ended']>): ExportState {
  return { ...state, ended: how };
}

/**
 * The problem ends the export instead of blocking it.
 * @param name the stream; null: the preparation
 */
export function fail(state: ExportState, problem: Problem, name: StreamName | null = null): ExportState {
  const lastError = { ...problem, ...ofStream(state, name) };
  return { ...end(state, 'failed'), blocked: null, lastError };
}

/** Says which stream is meant, where there are several. */
export function ofStream({ progress }: ExportState, name: StreamName | null): OfStream {
  return name === null || progress === null || progress.request.streams.length < 2 ? {} : { stream: name };
}

/** ISO 8601 for a moment of the workflow's clock. */
export function isoOf(now: number): string {
  return iso(Math.floor(now / 1000));
}
