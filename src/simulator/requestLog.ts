import type { ServedStream } from './account';
import { cursorText } from './exportQuery';

/** One request that reached the simulator: numbers and names, never bodies or credentials. */
export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  /** The stream or list that it reads. */
  readonly stream?: ServedStream | undefined;
  readonly query: string;
  /** HTTP status; 0 when the answer was never finished (reset, stall) or is on its way. */
  status: number;
  /** Simulator time in Unix seconds. */
  readonly at: number;
  /** `start_time` of the query in Unix seconds; `cursor` and `per_page`, or what a list has in their place, as sent. */
  readonly startTime?: number | undefined;
  readonly cursor?: string | undefined;
  readonly perPage?: number | undefined;
}

export function requestRecord(
  method: string,
  url: URL,
  at: number,
  stream: ServedStream | undefined,
): RequestRecord {
  const query = url.searchParams;
  const number = (name: string): number | undefined => {
    const value = query.get(name);
    return value === null || value === '' || Number.isNaN(Number(value)) ? undefined : Number(value);
  };
  return {
    method,
    path: url.pathname,
    ...(stream === undefined ? {} : { stream }),
    query: url.search.slice(1),
    status: 0,
    at,
    startTime: number('start_time'),
    cursor: cursorText(query) ?? undefined,
    perPage: number('page[size]') ?? number('per_page'),
  };
}

/** Counts of a request log: what `GET /simulator/requests` answers. */
export function summarize(requests: readonly RequestRecord[]): {
  total: number;
  exports: number;
  byStream: Record<string, number>;
  byStatus: Record<string, number>;
  throttled: number;
} {
  const byStatus = countBy(requests.map(({ status }) => String(status)));
  const streams = requests.flatMap(({ stream }) => stream ?? []);
  return {
    total: requests.length,
    exports: requests.filter(({ path }) => path.startsWith('/api/v2/incremental/')).length,
    byStream: countBy(streams),
    byStatus,
    throttled: byStatus[429] ?? 0,
  };
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
