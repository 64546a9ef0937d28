import type { Counts, Problem } from '../src/contract/status';
import { coverageFrom, type Coverage } from './coverage';
import { pollFrom, type Poll } from './poll';
import type { Range } from './ranges';

/** How far one stream has come; `incremental.ts` and `sweep.ts` say how that changes. Moments are Unix milliseconds of the workflow's clock; Zendesk's times are Unix seconds. */
export interface StreamState {
  /** Of the last reset of this stream: an answer to a request of an earlier epoch does not move the position. */
  readonly epoch: number;
  /** When a page of it was asked for last, or reading began; Unix milliseconds. */
  readonly askedAt: number;
  /** An operator has paused this stream. */
  readonly paused: boolean;
  /** Its place is held until that has passed, or until `resume` or `resetCursor`. */
  readonly blocked: Block | null;
  /** The account does not have it, or hides it; null: not so far as is known. */
  readonly unavailable: Unavailable | null;
  /** When it stopped being read, because of one of these or a pause of the export; null while it is read. Unix milliseconds. */
  readonly stoppedAt: number | null;
  readonly lastError: Problem | null;
  /** What is still to be read, in the order of time; the last one stays for ever. */
  readonly ranges: readonly Range[];
  /** The number that the next range gets. */
  readonly nextRange: number;
  readonly poll: Poll;
  /** Whether it has caught up before, in this epoch: what comes now are changes. */
  readonly isFollowing: boolean;
  /** Everything generated before is in the destination, though no record is so new: the stream was seen to end later. */
  readonly seenUpTo: number;
  readonly coverage: Coverage;
  readonly totals: Counts;
  /** Records that this epoch has read, for percent. */
  readonly epochRecords: number;
  /** Records read in all epochs, the time they span, and the first of it: how dense they lie. */
  readonly read: { readonly records: number; readonly seconds: number; readonly from: number | null };
  /** Top-level fields of records that Zendesk does not document. */
  readonly newFields: readonly string[];
  /** Of a list; null for streams of changes. */
  readonly sweep: SweepState | null;
}

/** How the reading of a whole list goes. */
export interface SweepState {
  /** When the last one that came to its end began, Unix seconds; null: none has. */
  readonly sweptAt: number | null;
  /** What the one under way has brought so far. */
  readonly records: number;
  readonly deleted: number;
  readonly quarantined: number;
}

/** What keeps a stream from going on until it has passed or an operator has acted. Moments are Unix milliseconds. */
export interface Block extends Problem {
  /** Whose page was refused; null: the preparation was. */
  readonly range: number | null;
  readonly beganAt: number;
  /** How often it was looked whether that has passed, and when it will be next. */
  readonly looks: number;
  readonly lookAt: number;
  /** Whether such a look is under way. */
  readonly looking: boolean;
}

/** Unix milliseconds. */
export interface Unavailable {
  readonly since: number;
  /** When it is tried again. */
  readonly lookAt: number;
}

/**
 * Before its first page.
 * @param from Unix seconds
 */
export function newStream(open: Range, from: number, { epoch, now }: Beginning): StreamState {
  return {
    epoch,
    askedAt: now,
    paused: false,
    blocked: null,
    unavailable: null,
    stoppedAt: null,
    lastError: null,
    ranges: [open],
    nextRange: 1,
    poll: pollFrom({ from, before: from }, now),
    isFollowing: false,
    seenUpTo: from,
    coverage: coverageFrom(from),
    totals: { records: 0, deleted: 0, repeated: 0, quarantined: 0, pages: 0, requests: 0 },
    epochRecords: 0,
    read: { records: 0, seconds: 0, from: null },
    newFields: [],
    sweep: null,
  };
}

export interface Beginning {
  readonly epoch: number;
  readonly page: number;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Records per second of Zendesk's time, as far as it has been read. */
export function densityOf({ read }: StreamState): number {
  return read.records / Math.max(1, read.seconds);
}

/** The range that bounds what is known to be complete. */
export function earliest({ ranges }: StreamState): Range {
  return ranges.reduce((first, range) => (range.watermark < first.watermark ? range : first));
}

/** Every version generated before this second is in the destination. */
export function watermarkOf(stream: StreamState): number {
  return Math.max(earliest(stream).watermark, stream.seenUpTo);
}

/** True once everything up to now, or to `endTime`, has been read. */
export function isCaughtUp({ ranges, poll }: StreamState): boolean {
  return poll.reachedEnd && ranges.length === 1;
}

/** The ranges that have pages left to be read. */
export function unfinished({ ranges, poll }: StreamState): readonly Range[] {
  return ranges.filter((range) => range.until !== null || !poll.reachedEnd);
}

export function withChangedRange(
  stream: StreamState,
  id: number,
  change: (range: Range) => Range,
): StreamState {
  return { ...stream, ranges: stream.ranges.map((range) => (range.id === id ? change(range) : range)) };
}
