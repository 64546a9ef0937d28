import type { PageRequest } from '../contract/page';
import { pagingOf } from '../streams';
import { readListCursor } from './listCursor';

/** The parts of a page request that its URL is made of. */
export type PageQuery = Pick<
  PageRequest,
  'stream' | 'position' | 'perPage' | 'include' | 'supportTypeScope' | 'excludeDeleted'
>;

/**
 * The URL of a page, always on our own host and always with every parameter: a `next_page` of the answer may name
 * another host, and Zendesk's cursor does not carry the query along.
 */
export function exportUrl(baseUrl: string, query: PageQuery): URL {
  const { stream, position, perPage, include, supportTypeScope, excludeDeleted } = query;
  const { path, cursor, filters } = pagingOf(stream);
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
