/** One request that reached the simulator: numbers and names, never bodies or credentials. */
export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** HTTP status; 0 when the answer was never finished (reset, stall) or is on its way. */
  status: number;
  /** Simulator time in Unix seconds. */
  readonly at: number;
  /** `start_time` of the query in Unix seconds, `cursor` and `per_page` as sent. */
  readonly startTime?: number | undefined;
  readonly cursor?: string | undefined;
  readonly perPage?: number | undefined;
}

export function requestRecord(method: string, url: URL, at: number): RequestRecord {
  const query = url.searchParams;
  const number = (name: string): number | undefined => {
    const value = query.get(name);
    return value === null || value === '' || Number.isNaN(Number(value)) ? undefined : Number(value);
  };
  return {
    method,
    path: url.pathname,
    query: url.search.slice(1),
    status: 0,
    at,
    startTime: number('start_time'),
    cursor: query.get('cursor') ?? undefined,
    perPage: number('per_page'),
  };
}

/** Counts of a request log: what `GET /simulator/requests` answers. */
export function summarize(requests: readonly RequestRecord[]): {
  total: number;
  exports: number;
  byStatus: Record<string, number>;
  throttled: number;
} {
  const byStatus: Record<string, number> = {};
  for (const { status } of requests) byStatus[status] = (byStatus[status] ?? 0) + 1;
  const exports = requests.filter(({ path }) => path.startsWith('/api/v2/incremental/')).length;
  return { total: requests.length, exports, byStatus, throttled: byStatus[429] ?? 0 };
}
