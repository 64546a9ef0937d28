import type { ExportRequest } from '../src/contract/input';
import type { PageKey, PageRequest, PageSummary, Position } from '../src/contract/page';
import { firstSeen, type FieldsRead } from './customFields';
import type { ResetTarget } from './messages';
import { FREE, hasRoomAhead, spend, type Pace } from './pace';
import { nextPosition, nextWatermark, passes, positionOf, watermarkAt } from './position';

/**
 * How far an export has come. Plain JSON, changed only by the functions below. Moments are epoch milliseconds of the
 * workflow's clock; Zendesk's times are epoch seconds.
 */
export interface Progress {
  readonly request: ExportRequest;
  readonly searchAttributes: boolean;
  readonly position: Position;
  /** Every version generated before it is in the destination. */
  readonly watermark: number;
  /** Grows with every reset: an answer to a question of an earlier epoch does not move the position. */
  readonly epoch: number;
  /** The last page written in this epoch, whose boundary the next one needs. */
  readonly previous: PageKey | null;
  readonly nextPage: number;
  /** Smaller than asked for while Zendesk cannot put larger pages together. */
  readonly perPage: number;
  readonly pagesAtThisSize: number;
  readonly pace: Pace;
  readonly poll: Poll;
  readonly totals: Totals;
  /** Tickets per second, the last pages weighing most. */
  readonly rate: number | null;
  readonly lastPageAt: number | null;
  /** Where and when this epoch's reading began, for percent and ETA; `from` is null before the first ticket. */
  readonly began: { readonly at: number; readonly from: number | null };
  /** Absent until the account's custom fields have been read, or found not to be readable. */
  readonly fields?: FieldsRead;
  /** Top-level fields of tickets that Zendesk does not document; absent in states of earlier releases. */
  readonly newFields?: readonly string[];
}

/** From one catching up to the next. */
export interface Poll {
  readonly startedAt: number;
  /** The watermark at its start; tickets not updated since were touched by the system only. */
  readonly from: number;
  /** True once everything up to now, or to `endTime`, has been read. */
  readonly caughtUp: boolean;
}

export interface Totals {
  readonly tickets: number;
  readonly deleted: number;
  readonly repeated: number;
  readonly quarantined: number;
  readonly pages: number;
  readonly requests: number;
}

/** After this many pages of a reduced size the size is doubled again. */
const PAGES_BEFORE_GROWTH = 5;
/** Ordinary updates show up with an `updated_at` up to 5 s before their `generated_timestamp` (recorded). */
const UPDATE_LAG_SECONDS = 10;
/** Zendesk shows a version when it is this old. */
const UNSEEN_SECONDS = 60;

/** Before the first page. */
export function begin(
  { request, searchAttributes }: { readonly request: ExportRequest; readonly searchAttributes: boolean },
  now: number,
): Progress {
  const watermark = request.watermark ?? watermarkAt(request.start);
  return {
    request,
    searchAttributes,
    position: request.start,
    watermark,
    epoch: 0,
    previous: request.previous ?? null,
    nextPage: 1,
    perPage: request.perPage,
    pagesAtThisSize: 0,
    pace: FREE,
    poll: { startedAt: now, from: watermark, caughtUp: false },
    totals: { tickets: 0, deleted: 0, repeated: 0, quarantined: 0, pages: 0, requests: 0 },
    rate: null,
    lastPageAt: null,
    began: { at: now, from: null },
    ...(request.customFields === undefined
      ? {}
      : {
          fields: {
            at: request.customFields.readAt * 1000,
            early: false,
            asText: request.customFields.asText,
          },
        }),
    newFields: request.newFields ?? [],
  };
}

/** The request for the next page. */
export function pageRequest(progress: Progress, exportId: string): PageRequest {
  const { request, position, perPage, epoch, nextPage, previous, pace, watermark } = progress;
  return {
    subdomain: request.subdomain,
    key: { exportId, epoch, page: nextPage },
    ...(previous === null ? {} : { previous }),
    position,
    perPage,
    include: request.include,
    supportTypeScope: request.supportTypeScope,
    excludeDeleted: request.excludeDeleted,
    ...(request.excludeSystemUpdates ? { excludeUpdatedBefore: systemUpdatesBefore(progress) } : {}),
    ...(request.endTime === undefined ? {} : { until: request.endTime }),
    ...(hasRoomAhead(pace, request.requestsPerMinute)
      ? { ahead: { pagination: request.pagination, watermark } }
      : {}),
  };
}

/**
 * Tickets not updated since were touched by the system only. Not since the poll's start alone: a ticket that is updated,
 * and touched by the system before any poll could see that, shows up in the next poll with the time of its update.
 */
function systemUpdatesBefore({ request: { follow }, poll }: Progress): number {
  return poll.from - UPDATE_LAG_SECONDS - UNSEEN_SECONDS - (follow === false ? 0 : follow.everySeconds);
}

/** A page was written, or found not to be (`pinned`). Of an epoch that a reset has ended, only its tickets count. */
export function advance(
  progress: Progress,
  asked: PageRequest,
  page: PageSummary,
  { askedAt, now }: { readonly askedAt: number; readonly now: number },
): Progress {
  const { request } = progress;
  const counted: Progress = {
    ...progress,
    totals: addUp(progress.totals, page),
    pace: spend(progress.pace, page.requests, page.quota, {
      askedAt,
      now,
      perMinute: request.requestsPerMinute,
    }),
    rate: nextRate(progress, page.written, now),
    lastPageAt: now,
    newFields: [...(progress.newFields ?? []), ...firstSeen(progress, page.newKeys)],
  };
  if (asked.key.epoch !== progress.epoch) return counted;

  const passedEnd = request.endTime !== undefined && !page.pinned && passes(page, request.endTime);
  const caughtUp = page.endOfStream || passedEnd;
  const moved: Progress = {
    ...counted,
    position: nextPosition(asked.position, page, {
      pagination: request.pagination,
      perPage: asked.perPage,
      watermark: progress.watermark,
    }),
    watermark: nextWatermark(progress.watermark, asked.position, page),
    // What was not written has no checkpoint, and an empty page leaves the boundary as it was.
    previous: page.pinned || page.received === 0 ? progress.previous : asked.key,
    nextPage: progress.nextPage + 1,
    ...grown(progress),
    poll: { ...progress.poll, caughtUp },
    began: { ...progress.began, from: progress.began.from ?? page.first },
  };
  return passedEnd ? { ...moved, ...stoppedAt(request.endTime, progress, asked) } : moved;
}

/** What lies after `endTime` was not written, so a later run must start there and not where the page ended. */
function stoppedAt(
  endTime: number,
  { request, position, watermark, previous }: Progress,
  asked: PageRequest,
): Pick<Progress, 'position' | 'watermark' | 'previous'> {
  // The place was beyond it already, by a reset or from a run with a later end.
  if (endTime < watermark) return { position, watermark, previous };
  return {
    position: { endpoint: request.pagination, startTime: endTime },
    watermark: endTime,
    previous: asked.key,
  };
}

/** The next poll, after a catching up. */
export function pollAgain(progress: Progress, now: number): Progress {
  return { ...progress, poll: { startedAt: now, from: progress.watermark, caughtUp: false } };
}

/** Zendesk could not put a page of this size together: the same place again, with half of it. */
export function halve(progress: Progress, askedAt: number): Progress {
  const { position, request } = progress;
  const perPage = Math.max(1, Math.floor(progress.perPage / 2));
  return {
    ...progress,
    // The time endpoint may answer a whole second however little is asked for; the cursor endpoint never does.
    position:
      perPage === 1 && position.endpoint === 'time'
        ? { endpoint: 'cursor', startTime: position.startTime }
        : position,
    perPage,
    pagesAtThisSize: 0,
    totals: { ...progress.totals, requests: progress.totals.requests + 1 },
    pace: spend(progress.pace, 1, null, { askedAt, now: askedAt, perMinute: request.requestsPerMinute }),
  };
}

/** A new epoch from another place. */
export function rewind(progress: Progress, target: ResetTarget, now: number): Progress {
  const position = positionOf(target, progress.request.pagination);
  const from = watermarkAt(position);
  return {
    ...progress,
    position,
    watermark: from,
    epoch: progress.epoch + 1,
    previous: null,
    nextPage: 1,
    poll: { startedAt: now, from, caughtUp: false },
    began: { at: now, from: null },
  };
}

function addUp(totals: Totals, page: PageSummary): Totals {
  return {
    tickets: totals.tickets + page.written,
    deleted: totals.deleted + page.deleted,
    repeated: totals.repeated + page.repeated,
    quarantined: totals.quarantined + page.quarantined,
    pages: totals.pages + 1,
    requests: totals.requests + page.requests,
  };
}

function grown({
  request,
  perPage,
  pagesAtThisSize,
}: Progress): Pick<Progress, 'perPage' | 'pagesAtThisSize'> {
  if (perPage >= request.perPage) return { perPage, pagesAtThisSize: 0 };
  if (pagesAtThisSize + 1 < PAGES_BEFORE_GROWTH) return { perPage, pagesAtThisSize: pagesAtThisSize + 1 };
  return { perPage: Math.min(request.perPage, perPage * 2), pagesAtThisSize: 0 };
}

function nextRate({ rate, lastPageAt }: Progress, tickets: number, now: number): number | null {
  if (lastPageAt === null || now <= lastPageAt) return rate;
  const current = (tickets * 1000) / (now - lastPageAt);
  return rate === null ? current : rate * 0.8 + current * 0.2;
}
