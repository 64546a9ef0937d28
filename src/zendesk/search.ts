import { z } from 'zod';
import { isCursor } from '../contract/position';
import type { QuotaSeen } from '../contract/page';
import { iso } from '../contract/time';
import type { VerifiedStream, Window } from '../contract/verification';
import { jsonOrUndefined } from '../json';
import { STREAMS } from '../streams';
import type { RecordVersion } from '../streams/record';
import { PAGES, UPDATED_AT, type ListPaging, type Stream } from '../streams/stream';
import type { ReadAnswer, ZendeskClient } from './client';
import { ZendeskError } from './failure';
import { nextOfList, listEnvelope } from './nextOfList';
import { NotAPage } from './notAPage';
import { MalformedJson } from './jsonLexer';
import { parsePage } from './parsePage';
import { TooLarge } from './tooLarge';
import type { Privacy } from './privacy/privacy';

/** What a request brought, and what it has cost. */
export interface Asked<T> {
  readonly value: T;
  readonly requests: number;
  readonly quota: QuotaSeen | null;
}

/** A record in the results of a search: what the index knows, which lags by minutes. Times are Unix seconds. */
export interface FoundRecord {
  readonly id: number;
  readonly updatedAt: number;
}

interface FoundRecords {
  readonly records: readonly FoundRecord[];
  /** Where the next page starts; null on the last. */
  readonly after: string | null;
}

/** A record as `show_many` shows it: its version is its `updated_at`, for a ticket comes without `generated_timestamp`. */
export interface ShownRecord extends RecordVersion {
  readonly id: number;
  readonly supportType: string | null;
}

/** How many records the search index knows that were created in a window. */
export async function countRecords(
  zendesk: ZendeskClient,
  stream: VerifiedStream,
  window: Window,
  signal: AbortSignal,
): Promise<Asked<number>> {
  const query = new URLSearchParams({ query: `type:${STREAMS[stream].noun} ${createdIn(window)}` });
  const answer = await zendesk.read(`search/count?${query.toString()}`, signal);
  return asked(answer, parsed(answer, counted).count);
}

/**
 * One page of the records that were created in a window.
 * @param after where the page starts; null for the first
 */
export async function searchRecords(
  zendesk: ZendeskClient,
  stream: VerifiedStream,
  window: Window,
  { after, perPage }: { readonly after: string | null; readonly perPage: number },
  signal: AbortSignal,
): Promise<Asked<FoundRecords>> {
  const query = new URLSearchParams({
    'filter[type]': STREAMS[stream].noun,
    query: createdIn(window),
    'page[size]': String(perPage),
    ...(after === null ? {} : { 'page[after]': after }),
  });
  try {
    const answer = await zendesk.read(`search/export?${query.toString()}`, signal);
    const { results, ...head } = parsed(answer, found);
    return asked(answer, {
      records: results.map(({ id, updated_at }) => ({ id, updatedAt: updated_at })),
      after: next(answer, head),
    });
  } catch (error) {
    // It is good for an hour, which a window never takes: the window is read again.
    if (error instanceof ZendeskError && error.failure.kind === 'cursorRejected')
      throw new ZendeskError({ kind: 'unavailable' }, error.message);
    throw error;
  }
}

/** At most a hundred records by their ids, from the database and not from the index. Those that are deleted do not come. */
export async function showRecords(
  zendesk: ZendeskClient,
  stream: VerifiedStream,
  ids: readonly number[],
  signal: AbortSignal,
): Promise<Asked<readonly ShownRecord[]>> {
  const answer = await zendesk.read(`${stream}/show_many?ids=${ids.join(',')}`, signal);
  const { records } = parsedPage(answer, SHOWN[stream], zendesk.privacy);
  return asked(
    answer,
    records.flatMap((record) => shown(record)),
  );
}

/**
 * The ids of tickets that were deleted since a second; null where nobody can tell: the credentials may not see it, or there are more
 * than these pages hold.
 */
export async function ticketsDeletedSince(
  zendesk: ZendeskClient,
  since: number,
  signal: AbortSignal,
): Promise<Asked<ReadonlySet<number> | null>> {
  const ids = new Set<number>();
  let requests = 0;
  for (let page = 1; page <= DELETED_PAGES; page += 1) {
    const query = `sort_by=deleted_at&sort_order=desc&per_page=100&page=${page}`;
    const answer = await zendesk.readAllowed(`deleted_tickets?${query}`, signal);
    if (answer === undefined) return { value: null, requests: requests + 1, quota: null };
    requests += answer.requests;
    const { deleted_tickets: all, next_page: nextPage } = parsed(answer, deleted);
    for (const { id, deleted_at } of all) if (deleted_at >= since) ids.add(id);
    const isAll = !nextPage || all.some(({ deleted_at }) => deleted_at < since);
    if (isAll) return { value: ids, requests, quota: answer.quota };
  }
  return { value: null, requests, quota: null };
}

/** It may be asked ten times a minute. */
const DELETED_PAGES = 5;

const moment = z.iso.datetime({ offset: true }).transform((text) => Math.floor(Date.parse(text) / 1000));
const id = z.int().positive();
const counted = z.object({ count: z.int().nonnegative() });
const found = listEnvelope.extend({ results: z.array(z.object({ id, updated_at: moment })) });
const deleted = z.object({
  deleted_tickets: z.array(z.object({ id, deleted_at: moment })),
  next_page: z.string().nullish(),
});

const PAGING: ListPaging = { ...PAGES, path: 'search/export' };

/** Records of `show_many`, which is a list that comes in one answer. */
const SHOWN: Readonly<Record<VerifiedStream, Stream>> = {
  tickets: shownBy(STREAMS.tickets),
  users: shownBy(STREAMS.users),
  organizations: shownBy(STREAMS.organizations),
};

function shownBy(stream: Stream): Stream {
  return {
    ...stream,
    paging: { ...PAGES, path: `${stream.name}/show_many`, perPage: null },
    version: { ...UPDATED_AT, column: stream.version.column },
  };
}

function createdIn({ from, to }: Window): string {
  return `created>=${iso(from)} created<${iso(to)}`;
}

function shown(record: RecordVersion): ShownRecord[] {
  // Said only by Zendesk's export so far; whoever is shown a deleted ticket must not take it for one that is there.
  if (typeof record.id !== 'number' || record.deleted) return [];
  const { data } = supported.safeParse(jsonOrUndefined(Buffer.from(record.json).toString()));
  return [{ ...record, id: record.id, supportType: data?.support_type ?? null }];
}

const supported = z.object({ support_type: z.string().nullish().catch(null) });

function asked<T>({ requests, quota }: ReadAnswer, value: T): Asked<T> {
  return { value, requests, quota };
}

/** @throws ZendeskError `unavailable` for an answer of another shape, such as a proxy's */
function parsed<T extends z.ZodType>(answer: ReadAnswer, schema: T): z.output<T> {
  const { data, error } = schema.safeParse(jsonOrUndefined(answer.body));
  if (error === undefined) return data;
  const [issue] = error.issues;
  throw answer.unreadable(issue === undefined ? '' : `${issue.path.join('.')} ${issue.message}`);
}

function next(answer: ReadAnswer, head: z.output<typeof listEnvelope>): string | null {
  try {
    const after = nextOfList(head, PAGING);
    if (after === null || isCursor(after)) return after;
  } catch (error) {
    if (!(error instanceof NotAPage)) throw error;
    throw answer.unreadable(error.message);
  }
  throw answer.unreadable('a cursor that cannot be followed');
}

function parsedPage(
  answer: ReadAnswer,
  stream: Stream,
  privacy: Privacy | undefined,
): ReturnType<typeof parsePage> {
  try {
    const position = { endpoint: 'list', sweep: 0, after: null } as const;
    const rules = privacy === undefined ? {} : { privacy };
    return parsePage(Buffer.from(answer.body), { stream, position, perPage: 100, ...rules });
  } catch (error) {
    if (error instanceof NotAPage || error instanceof MalformedJson || error instanceof TooLarge)
      throw answer.unreadable(error.message);
    throw error;
  }
}
