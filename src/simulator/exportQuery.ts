import type { Answer } from './answer';
import { decodeCursor } from './cursorExport';
import type { CursorPlace } from './cursorExport';
import { badRequest, startTimeTooRecent } from './errors';

/** The parameters of an export request, checked. `startTime` is in epoch seconds. */
export interface ExportQuery {
  startTime: number;
  cursor?: CursorPlace | undefined;
  perPage: number;
  include: ReadonlySet<string>;
  excludeDeleted: boolean;
  supportTypeScope: 'all' | 'agent' | 'ai_agent';
}

const maxPerPage = 1000;
const scopes = ['all', 'agent', 'ai_agent'] as const;

/** `per_page`: 1,000 when missing and at most (§ per_page). */
export function perPageOf(query: URLSearchParams): number {
  const value = Number(query.get('per_page') ?? maxPerPage);
  return Number.isInteger(value) && value >= 1 ? Math.min(value, maxPerPage) : maxPerPage;
}

/** The parameters of a request, or the answer that refuses them. `now` is in epoch seconds. */
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
  const scope = query.get('support_type_scope') ?? 'agent';
  const supportTypeScope = scopes.find((known) => known === scope);
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
  if (Number(startTime) > now - 60) return { refusal: startTimeTooRecent() };
  return { query: { ...common, startTime: Number(startTime) } };
}
