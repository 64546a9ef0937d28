import type { ExportRequest } from '../src/contract/request';
import type { PageRequest, PageResult } from '../src/contract/page';
import type { Problem } from '../src/contract/status';
import { begunAt, coverageFrom, movedTo, type Coverage } from './coverage';
import type { FieldsRead } from '../src/contract/request';
import type { ResetTarget } from '../src/contract/position';
import { firstSeen } from './newFields';
import { learnFromAnswer, countRequest, FREE, type Pace } from './pace';
import { nextBounds, pollFrom, type Poll } from './poll';
import { placeOf, positionOf } from '../src/contract/position';
import {
  advanceRange,
  halveRange,
  passedBound,
  rangeFrom,
  secondsRead,
  split,
  withRange,
  type Outcome,
  type Range,
} from './ranges';
import { SETTLED_SECONDS } from '../src/contract/time';

/**
 * How far an export has come. Plain JSON, changed only by the functions below. Moments are epoch milliseconds of the
 * workflow's clock; Zendesk's times are epoch seconds.
 */
export interface Progress {
  readonly request: ExportRequest;
  readonly searchAttributes: boolean;
  /** What is still to be read, in the order of time; the last one stays for ever. */
  readonly ranges: readonly Range[];
  /** Grows with every reset: an answer to a question of an earlier epoch does not move the position. */
  readonly epoch: number;
  /** The numbers that the next range and the next page get. */
  readonly next: { readonly id: number; readonly page: number };
  readonly pace: Pace;
  readonly poll: Poll;
  /** Everything generated before is in the destination, though no ticket is so new: the stream was seen to end later. */
  readonly seenUpTo: number;
  readonly coverage: Coverage;
  readonly totals: Totals;
  /** Tickets that this epoch has read, for percent. */
  readonly epochTickets: number;
  /** Tickets read in all epochs, the time they span, and the first of it: how dense they lie. */
  readonly read: { readonly tickets: number; readonly seconds: number; readonly from: number | null };
  /** Absent until the account's custom fields have been read, or found not to be readable. */
  readonly fields?: FieldsRead;
  /** Top-level fields of tickets that Zendesk does not document. */
  readonly newFields: readonly string[];
}

export interface Totals {
  readonly tickets: number;
  readonly deleted: number;
  readonly repeated: number;
  readonly quarantined: number;
  readonly pages: number;
  readonly requests: number;
}

/** Before the first page. */
export function begin(
  { request, searchAttributes }: { readonly request: ExportRequest; readonly searchAttributes: boolean },
  now: number,
): Progress {
  const { start, previous = null, watermark = 0, polledFrom, settling, customFields } = request;
  const open = { ...rangeFrom({ id: 0, page: 1 }, start, null, request), previous };
  const from = Math.max(open.watermark, watermark);
  return {
    request,
    searchAttributes,
    ranges: [open],
    epoch: 0,
    next: { id: 1, page: 2 },
    pace: FREE,
    poll: pollFrom({ from: settling ?? from, before: polledFrom ?? from }, now),
    seenUpTo: from,
    coverage: coverageFrom(from, request.leftOut),
    totals: { tickets: 0, deleted: 0, repeated: 0, quarantined: 0, pages: 0, requests: 0 },
    epochTickets: 0,
    read: { tickets: 0, seconds: 0, from: null },
    ...(customFields === undefined ? {} : { fields: { ...customFields, early: false } }),
    newFields: request.newFields ?? [],
  };
}

/** Tickets per second of Zendesk's time, as far as it has been read. */
export function densityOf({ read }: Progress): number {
  return read.tickets / Math.max(1, read.seconds);
}

/** The range that bounds what is known to be complete. */
export function earliest({ ranges }: Progress): Range {
  return ranges.reduce((first, range) => (range.watermark < first.watermark ? range : first));
}

/** Every version generated before this second is in the destination. */
export function watermarkOf(progress: Progress): number {
  return Math.max(earliest(progress).watermark, progress.seenUpTo);
}

/** True once everything up to now, or to `endTime`, has been read. */
export function isCaughtUp({ ranges, poll }: Progress): boolean {
  return poll.reachedEnd && ranges.length === 1;
}

/** The ranges that have pages left to be read. */
export function unfinished({ ranges, poll }: Progress): readonly Range[] {
  return ranges.filter((range) => range.until !== null || !poll.reachedEnd);
}

/** A page has been asked for. */
export function askedForPage(progress: Progress, now: number): Progress {
  const { pace, poll, ranges } = progress;
  return { ...progress, pace: countRequest(pace, now), poll: { ...poll, askedAlone: ranges.length === 1 } };
}

/** A page was written, or found not to be (`pinned`). Of an epoch that a reset has ended, only its tickets count. */
export function advance(
  progress: Progress,
  asked: PageRequest,
  page: PageResult,
  { askedAt, now }: { readonly askedAt: number; readonly now: number },
): Progress {
  const counted: Progress = {
    ...progress,
    totals: addUp(progress.totals, page),
    pace: learnFromAnswer(progress.pace, { askedAt, failed: page.requests - 1, seen: page.quota }, now),
    newFields: [...progress.newFields, ...firstSeen(progress, page.newKeys)],
  };
  const before = progress.ranges.find(({ id }) => id === asked.range);
  if (asked.key.epoch !== progress.epoch || before === undefined) return counted;

  const { request, next, poll, read } = progress;
  const range = advanceRange(before, asked, page, { request, nextPage: next.page });
  const outcome = passedBound(before, page, request) ? 'passed' : page.endOfStream ? 'ended' : 'goesOn';
  const ranges = withRange(progress.ranges, range, outcome);
  const tickets = range.tickets - before.tickets;
  const reachedEnd = hasReachedEnd(progress, { ranges, range, outcome });
  const moved: Progress = {
    ...counted,
    ranges,
    next: { ...next, page: next.page + 1 },
    poll: { ...poll, reachedEnd, tickets: poll.tickets + tickets },
    seenUpTo: reachedEnd && ranges.length === 1 ? seenUpTo(progress, page, askedAt) : progress.seenUpTo,
    coverage: known(progress, page),
    epochTickets: progress.epochTickets + tickets,
    read: {
      tickets: read.tickets + tickets,
      seconds: read.seconds + secondsRead(range) - secondsRead(before),
      from: range.from === null ? read.from : Math.min(range.from, read.from ?? Infinity),
    },
  };
  return outcome === 'goesOn' ? shareOut(moved, range, now) : moved;
}

/**
 * What changes while several ranges are read leaves them for the end of the stream, and the open range may have been there
 * before: the end that counts is seen by a page that was asked for when all others were done. Nothing later than `endTime`
 * is wanted.
 */
function hasReachedEnd(
  { request: { endTime = Infinity }, poll }: Progress,
  { ranges, range, outcome }: { ranges: readonly Range[]; range: Range; outcome: Outcome },
): boolean {
  const open = ranges.at(-1);
  const reached = poll.reachedEnd || (outcome !== 'goesOn' && open?.id === range.id);
  return reached && (ranges.length > 1 || poll.askedAlone || (open?.watermark ?? 0) >= endTime);
}

/** @param askedAt when the page that saw the end was asked for */
function seenUpTo(
  { request: { endTime = Infinity }, seenUpTo }: Progress,
  page: PageResult,
  askedAt: number,
): number {
  if (!page.endOfStream) return seenUpTo;
  return Math.max(seenUpTo, Math.min(Math.floor(askedAt / 1000) - SETTLED_SECONDS, endTime));
}

/** The first page after a reset to a cursor that nobody can read says where that was. */
function known({ coverage, request }: Progress, { first }: PageResult): Coverage {
  return coverage.from === null && first !== null ? begunAt(coverage, first, request.endTime) : coverage;
}

/** A reader that has nothing to do takes over a part of the range that has most left. */
function shareOut(progress: Progress, range: Range, now: number): Progress {
  const { request, next } = progress;
  const reading = unfinished(progress);
  if (reading.length >= request.ranges) return progress;
  const parts = split(range, reading, { next, request, now: Math.floor(now / 1000) });
  const added = parts.length - 1;
  const ranges = progress.ranges.flatMap((other) => (other.id === range.id ? parts : [other]));
  return { ...progress, ranges, next: { id: next.id + added, page: next.page + added } };
}

/** The next poll, after a catching up. */
export function pollAgain(progress: Progress, now: number): Progress {
  return { ...progress, poll: pollFrom(nextBounds(progress.poll, watermarkOf(progress)), now) };
}

/** The export was paused or blocked for so long. */
export function idled(progress: Progress, idleMs: number): Progress {
  const { poll } = progress;
  return { ...progress, poll: { ...poll, idleMs: poll.idleMs + idleMs } };
}

/** Attempts of a page fail; null: they failed, and it may be asked for again as if for the first time. */
export function troubled(progress: Progress, id: number, trouble: Problem | null): Progress {
  const ranges = progress.ranges.map((range) => (range.id === id ? { ...range, trouble } : range));
  return { ...progress, ranges };
}

/** Zendesk could not put a page of this size together. */
export function halve(progress: Progress, asked: PageRequest): Progress {
  const totals = { ...progress.totals, requests: progress.totals.requests + 1 };
  if (asked.key.epoch !== progress.epoch) return { ...progress, totals };
  const ranges = progress.ranges.map((range) => (range.id === asked.range ? halveRange(range) : range));
  return { ...progress, totals, ranges };
}

/** A new epoch from another place. */
export function rewind(progress: Progress, target: ResetTarget, now: number): Progress {
  const { request, coverage } = progress;
  const { from, before } = progress.poll;
  const open = rangeFrom({ id: 0, page: 1 }, positionOf(target, request.pagination), null, request);
  return {
    ...progress,
    ranges: [open],
    epoch: progress.epoch + 1,
    next: { id: 1, page: 2 },
    // Below, all that it says has been exported is; above, that is to be read again, or left out.
    poll: pollFrom({ from: Math.min(from, open.watermark), before: Math.min(before, open.watermark) }, now),
    seenUpTo: 0,
    coverage: movedTo(coverage, watermarkOf(progress), secondOf(target), request.endTime),
    epochTickets: 0,
  };
}

/** The second that a target stands for; null for a cursor that nobody can read. */
export function secondOf(target: ResetTarget): number | null {
  return 'cursor' in target ? (placeOf(target.cursor)?.second ?? null) : target.startTime;
}

function addUp(totals: Totals, page: PageResult): Totals {
  return {
    tickets: totals.tickets + page.written,
    deleted: totals.deleted + page.deleted,
    repeated: totals.repeated + page.repeated,
    quarantined: totals.quarantined + page.quarantined,
    pages: totals.pages + 1,
    requests: totals.requests + page.requests,
  };
}
