import type { Answer } from './answer';
import { decodeCursor, type CursorPlace } from './cursorExport';
import { badRequest, startTimeTooRecent } from './errors';

/** The parameters of an export request, checked. `startTime` is in Unix seconds. */
export interface ExportQuery {
  readonly startTime: number;
  readonly cursor?: CursorPlace | undefined;
  readonly perPage: number;
  readonly include: ReadonlySet<string>;
  readonly excludeDeleted: boolean;
  readonly supportTypeScope: 'all' | 'agent' | 'ai_agent';
}

const MAX_PER_PAGE = 1000;
const SCOPES = ['all', 'agent', 'ai_agent'] as const;

/** `per_page`: 1,000 when missing and at most (§ per_page). */
export function perPageOf(query: URLSearchParams): number {
  const value = Number(query.get('per_page') ?? MAX_PER_PAGE);
  return Number.isInteger(value) && value >= 1 ? Math.min(value, MAX_PER_PAGE) : MAX_PER_PAGE;
}

/** The parameters of a request, or the answer that refuses them. `now` is in Unix seconds. */
export function readExportQuery(
  kind: 'time' | 'cursor',
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
  const common = {
    perPage: perPageOf(query),
    include,
    excludeDeleted: query.get('exclude_deleted') === 'true',
    supportTypeScope,
  };

  const text = kind === 'cursor' ? query.get('cursor') : null;
  if (text !== null) {
    const cursor = decodeCursor(text);
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
