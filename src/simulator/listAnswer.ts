import { json, type Answer } from './answer';
import { encodeListCursor } from './cursorExport';
import { badRequest, recordNotFound } from './errors';
import { badPageSize, cursorText, pageSizeOf, placeIn } from './exportQuery';
import { listEnvelope, nextUrl, type Linked } from './links';
import { LIST_SPECS, LISTS, type ListName } from './listSpecs';
import type { ListSet } from './listSet';

/** Rows of a page by offset, and the last row that it may reach (§ lists). */
const OFFSET_PAGE = 100;
const LAST_OFFSET = 10_000;

/** A list, or those of its records that belong to one schedule. */
export interface ListEndpoint {
  readonly name: ListName;
  readonly schedule?: number | undefined;
}

const PATHS = LISTS.map((name) => {
  const pattern = LIST_SPECS[name].path.replace('{id}', '(\\d{1,15})');
  return { name, path: new RegExp(`^/api/v2/${pattern}$`) };
});

/** @param path without `.json` at its end */
export function listEndpoint(path: string): ListEndpoint | undefined {
  for (const { name, path: known } of PATHS) {
    const match = known.exec(path);
    if (match !== null) return { name, schedule: match[1] === undefined ? undefined : Number(match[1]) };
  }
  return undefined;
}

/** The answer to one request to a list: by cursor with `page[size]` or `page[after]`, by offset without, or all at once. */
export function listAnswer(set: ListSet, schedule: number | undefined, request: Linked): Answer {
  const { url, fault } = request;
  if (set.belongsToNone(schedule)) return recordNotFound();
  const query = url.searchParams;
  const [parameter = '', value] = set.spec.showsDeleted ?? [];
  const withDeleted = value !== undefined && query.get(parameter) === value;
  const { beside } = set.spec;
  const byCursorAsked = query.has('page[size]') || query.has('page[after]');
  if (beside === undefined && byCursorAsked && fault?.kind !== 'byOffset')
    return byCursor(set, withDeleted, request);
  const all = [...set.shown({ withDeleted })].filter((id) => set.keys(id).schedule_id === schedule);
  return beside === undefined || fault?.kind === 'byOffset'
    ? byOffset(set, all, request)
    : answer(set, all, beside(all.length, url.href));
}

function byCursor(set: ListSet, withDeleted: boolean, request: Linked): Answer {
  const { url, fault } = request;
  const size = pageSizeOf(url.searchParams);
  if (size === undefined) return badPageSize();
  const sent = cursorText(url.searchParams);
  const place = placeIn(url.searchParams);
  if (sent !== null && place === undefined)
    return badRequest('InvalidPaginationParameter', 'page[after] is not valid');
  const left: number[] = [];
  for (const id of set.shown({ withDeleted, after: place })) if (left.push(id) > size) break;
  const ids = left.slice(0, size);
  const cursorOf = (id: number | undefined): string | null =>
    id === undefined ? null : encodeListCursor(set.place(id));
  const stuck = fault?.kind === 'cursorStuck';
  const missing = fault?.kind === 'cursorMissing';
  const after = missing ? null : stuck ? sent : cursorOf(ids.at(-1));
  const more = missing || stuck || left.length > size;
  return answer(set, ids, listEnvelope(request, { before: cursorOf(ids[0]), after, more }));
}

function byOffset(set: ListSet, all: readonly number[], request: Linked): Answer {
  const number = Math.max(1, Math.floor(Number(request.url.searchParams.get('page') ?? 1)) || 1);
  const [start, end] = [(number - 1) * OFFSET_PAGE, number * OFFSET_PAGE];
  if (end > LAST_OFFSET)
    return badRequest('InvalidPaginationDepth', `Number of records exceeds the limit of ${LAST_OFFSET}`);
  const link = (page: number): string =>
    nextUrl(request, (search) => {
      search.set('page', String(page));
    });
  return answer(set, all.slice(start, end), {
    next_page: end < all.length ? link(number + 1) : null,
    previous_page: number > 1 ? link(number - 1) : null,
    count: all.length,
  });
}

function answer(set: ListSet, ids: readonly number[], envelope: object): Answer {
  const rows = ids.map((id) => JSON.parse(set.json(id)) as unknown);
  return json(200, { [set.spec.key ?? set.name]: rows, ...envelope });
}
