import { json, type Answer } from './answer';
import { encodeListCursor } from './cursorExport';
import { badRequest } from './errors';
import { badPageSize, cursorText, pageSizeOf, placeIn } from './exportQuery';
import { listEnvelope, nextUrl, type Linked } from './links';
import { LIST_SPECS, LISTS, type ListName } from './listSpecs';
import type { ListSet } from './listSet';

/** Rows of a page by offset, and the last row that it may reach (§ lists). */
const OFFSET_PAGE = 100;
const LAST_OFFSET = 10_000;

const NAMES = new Map(LISTS.map((name) => [`/api/v2/${LIST_SPECS[name].path}`, name]));

/** @param path without `.json` at its end */
export function listEndpoint(path: string): ListName | undefined {
  return NAMES.get(path);
}

/** The answer to one request to a list: by cursor with `page[size]` or `page[after]`, by offset without, or all at once. */
export function listAnswer(name: ListName, set: ListSet, request: Linked): Answer {
  const { searchParams: query } = request.url;
  const all = name === 'groups' && query.get('exclude_deleted') === 'false' ? [...set.ids()] : set.visible();
  if (!set.spec.isPaged)
    return answer(name, set, all, { count: all.length, next_page: null, previous_page: null });
  return query.has('page[size]') || query.has('page[after]')
    ? byCursor(name, set, all, request)
    : byOffset(name, set, all, request);
}

function byCursor(name: ListName, set: ListSet, all: readonly number[], request: Linked): Answer {
  const { url, fault } = request;
  const size = pageSizeOf(url.searchParams);
  if (size === undefined) return badPageSize();
  const sent = cursorText(url.searchParams);
  const place = placeIn(url.searchParams);
  if (sent !== null && place === undefined)
    return badRequest('InvalidPaginationParameter', 'page[after] is not valid');
  const left = all.filter((id) => id > (place?.id ?? 0));
  const ids = left.slice(0, size);
  const cursorOf = (id: number | undefined): string | null =>
    id === undefined ? null : encodeListCursor({ second: 0, id });
  const stuck = fault?.kind === 'cursorStuck';
  const missing = fault?.kind === 'cursorMissing';
  const after = missing ? null : stuck ? sent : cursorOf(ids.at(-1));
  const more = missing || stuck || left.length > size;
  return answer(name, set, ids, listEnvelope(request, { before: cursorOf(ids[0]), after, more }));
}

function byOffset(name: ListName, set: ListSet, all: readonly number[], request: Linked): Answer {
  const number = Math.max(1, Math.floor(Number(request.url.searchParams.get('page') ?? 1)) || 1);
  const [start, end] = [(number - 1) * OFFSET_PAGE, number * OFFSET_PAGE];
  if (end > LAST_OFFSET)
    return badRequest('InvalidPaginationDepth', `Number of records exceeds the limit of ${LAST_OFFSET}`);
  const link = (page: number): string =>
    nextUrl(request, (search) => {
      search.set('page', String(page));
    });
  return answer(name, set, all.slice(start, end), {
    next_page: end < all.length ? link(number + 1) : null,
    previous_page: number > 1 ? link(number - 1) : null,
    count: all.length,
  });
}

function answer(name: ListName, set: ListSet, ids: readonly number[], envelope: object): Answer {
  const rows = ids.map((id) => JSON.parse(set.json(id)) as unknown);
  return json(200, { [name]: rows, ...envelope });
}
