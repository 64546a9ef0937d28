import type { Answer } from './answer';
import { decodeCursor, decodeListCursor } from './cursorExport';
import type { Filters, Place } from './dataSet';
import type { PageKind } from './endpoints';
import { badRequest, startTimeTooRecent } from './errors';

/** The parameters of an export request, checked. `startTime` is in Unix seconds. */
export interface ExportQuery extends Filters {
  readonly startTime: number;
  readonly cursor?: Place | undefined;
  readonly perPage: number;
  readonly include: ReadonlySet<string>;
}

const MAX_PER_PAGE = 1000;
const MAX_PAGE_SIZE = 100;
const SCOPES = ['all', 'agent', 'ai_agent'] as const;

/** Where a page continues from: a cursor of the export, or of a list. */
export function cursorText(query: URLSearchParams): string | null {
  return query.get('cursor') ?? query.get('page[after]');
}

/** The place that a cursor stands for. */
export function placeIn(query: URLSearchParams): Place | undefined {
  const [cursor, after] = [query.get('cursor'), query.get('page[after]')];
  if (cursor !== null) return decodeCursor(cursor);
  return after === null ? undefined : decodeListCursor(after);
}

/** `page[size]` as it was sent, or `per_page`: 1,000 when missing and at most (§ per_page). */
export function perPageOf(query: URLSearchParams): number {
  const size = query.get('page[size]');
  if (size !== null) return Number(size);
  const value = Number(query.get('per_page') ?? MAX_PER_PAGE);
  return Number.isInteger(value) && value >= 1 ? Math.min(value, MAX_PER_PAGE) : MAX_PER_PAGE;
}

/** `page[size]`: a hundred when missing and at most (§ lists); undefined where it is refused. */
export function pageSizeOf(query: URLSearchParams): number | undefined {
  const size = query.get('page[size]') ?? String(MAX_PAGE_SIZE);
  return /^[1-9]\d{0,2}$/.test(size) && Number(size) <= MAX_PAGE_SIZE ? Number(size) : undefined;
}

export function badPageSize(): Answer {
  return badRequest('InvalidPaginationParameter', `page[size] must be from 1 to ${MAX_PAGE_SIZE}`);
}

/** The parameters of a request, or the answer that refuses them. `now` is in Unix seconds. */
export function readExportQuery(
  kind: PageKind,
  query: URLSearchParams,
  now: number,
): { query: ExportQuery } | { refusal: Answer } {
  const include = new Set((query.get('include') ?? '').split(',').filter((name) => name !== ''));
  // The sideload the reference rules out for the export; the text of its refusal is not recorded.
  if (include.has('last_audits'))
    return {
      refusal: badRequest(
        'InvalidValue',
        'The last_audits sideload is not supported by the incremental export',
      ),
    };
  // The default leaves out the tickets of AI agents (§ support_type_scope).
  const scope = query.get('support_type_scope') ?? 'agent';
  const supportTypeScope = SCOPES.find((known) => known === scope);
  if (supportTypeScope === undefined)
    return { refusal: badRequest('InvalidValue', 'support_type_scope is not valid') };
  const perPage = kind === 'list' ? pageSizeOf(query) : perPageOf(query);
  if (perPage === undefined) return { refusal: badPageSize() };
  const common = {
    perPage,
    include,
    excludeDeleted: query.get('exclude_deleted') === 'true',
    supportTypeScope,
  };

  if (kind !== 'time' && cursorText(query) !== null) {
    const cursor = placeIn(query);
    // No refusal of a bad incremental cursor is recorded; this is the one of the ticket list.
    if (cursor === undefined)
      return { refusal: badRequest('InvalidPaginationParameter', 'cursor is not valid') };
    return { query: { ...common, cursor, startTime: cursor.second } };
  }
  const startTime = query.get('start_time');
  if (startTime === null || startTime === '')
    return { refusal: badRequest('ParameterMissing', 'Parameter start_time is required') };
  if (!/^\d{1,12}$/.test(startTime))
    return { refusal: badRequest('InvalidValue', 'start_time is not valid') };
  // A minute, today (§ start_time).
  if (Number(startTime) > now - 60) return { refusal: startTimeTooRecent() };
  return { query: { ...common, startTime: Number(startTime) } };
}
