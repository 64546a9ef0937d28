import type { PageRequest } from '../contract/page';
import { incrementalPaging, listPaging } from '../streams';
import { readListCursor } from './listCursor';
import { pageNumberIn } from './nextOfList';

/** The parts of a page request that its URL is made of. */
export type PageQuery = Pick<
  PageRequest,
  'stream' | 'position' | 'perPage' | 'include' | 'supportTypeScope' | 'excludeDeleted'
> & {
  /** Whose list is meant, where each record of another stream has one: its id. */
  readonly owner?: number;
};

/**
 * The URL of a page, always on our own host and always with every parameter: a `next_page` of the answer may name
 * another host, and Zendesk's cursor does not carry the query along.
 */
export function exportUrl(baseUrl: string, query: PageQuery): URL {
  const { stream, position, perPage, include, supportTypeScope, excludeDeleted } = query;
  if (position.endpoint === 'list') return listUrl(baseUrl, query, position.after);
  const paging = incrementalPaging(stream);
  if (paging === undefined) throw new Error(`${stream} are not read by ${position.endpoint}`);
  const { path, cursor, filters } = paging;
  const twin = position.endpoint === 'cursor' ? cursor : null;
  const url = new URL(`${baseUrl}/api/v2/${twin?.path ?? path}`);
  const isList = twin?.style === 'list';
  if ('startTime' in position) url.searchParams.set('start_time', String(position.startTime));
  else if (isList) {
    const { startTime, after } = readListCursor(position.cursor);
    url.searchParams.set('start_time', startTime);
    url.searchParams.set('page[after]', after);
  } else url.searchParams.set('cursor', position.cursor);
  const size = Math.min(perPage, twin?.mostPerPage ?? perPage);
  url.searchParams.set(isList ? 'page[size]' : 'per_page', String(size));
  if (filters.includes('supportTypeScope')) url.searchParams.set('support_type_scope', supportTypeScope);
  if (include.length > 0) url.searchParams.set('include', include.join(','));
  if (excludeDeleted) url.searchParams.set('exclude_deleted', 'true');
  return url;
}

/** The URL of a page of a list; what `after` may be is said in `nextOfList.ts`. */
function listUrl(baseUrl: string, { stream, perPage, owner }: PageQuery, after: string | null): URL {
  const paging = listPaging(stream);
  if (paging === undefined) throw new Error(`${stream} are not a list`);
  const url = new URL(`${baseUrl}/api/v2/${paging.path.replace('{id}', String(owner))}`);
  for (const [name, value] of Object.entries(paging.query)) url.searchParams.set(name, value);
  if (paging.perPage !== null) url.searchParams.set('page[size]', String(Math.min(perPage, paging.perPage)));
  if (after !== null && paging.of === null) {
    const number = pageNumberIn(after);
    if (number === undefined) url.searchParams.set('page[after]', after);
    else url.searchParams.set('page', number);
  }
  return url;
}
