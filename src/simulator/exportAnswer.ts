import type { Account } from './account';
import { page, type Answer } from './answer';
import { BodyWriter } from './bodyWriter';
import { cursorPage } from './cursorExport';
import { readExportQuery, type ExportQuery } from './exportQuery';
import type { ExportEndpoint } from './endpoints';
import type { Fault } from './faults';
import type { PageCache } from './pageCache';
import { nestedSideloads, topLevelSideloads, type MetricSets } from './sideloads';
import { timePage } from './timeExport';

/** How the export endpoints of one simulator behave. */
export interface ExportSettings {
  readonly pinned: 'expand' | 'repeat';
  readonly expandLimit: number;
  readonly holdBackSeconds: number;
  readonly metricSets: MetricSets;
}

/** One request to an export endpoint. `url` is absolute; `now` is in Unix seconds. */
export interface EndpointRequest extends ExportEndpoint {
  readonly url: URL;
  readonly now: number;
  readonly fault: Fault | undefined;
}

/** The answer to one request to either export endpoint. */
export function exportAnswer(
  account: Account,
  settings: ExportSettings,
  cache: PageCache,
  request: EndpointRequest,
): Answer {
  const read = readExportQuery(request.kind, request.url.searchParams, request.now);
  if ('refusal' in read) return read.refusal;
  const altered = alters(request.fault);
  const key = `${account.revision} ${request.url.href}`;
  const kept = altered ? undefined : cache.get(key);
  if (kept !== undefined) return page(kept);
  const build = request.kind === 'time' ? timeBody : cursorBody;
  const { ids, envelope, endOfStream } = build(account, settings, request, read.query);
  const body = { plain: encodePage(account, settings, request.stream.list, read.query, ids, envelope) };
  // The end of the stream moves with the clock; a page before it stays as it is until the data change.
  if (!altered && !endOfStream) cache.set(key, body);
  return page(body);
}

function alters(fault: Fault | undefined): boolean {
  return fault !== undefined && ALTERING.has(fault.kind);
}

const ALTERING: ReadonlySet<Fault['kind']> = new Set([
  'wrongHost',
  'endTimeBackwards',
  'cursorStuck',
  'cursorMissing',
]);

interface BuiltPage {
  readonly ids: readonly number[];
  /** What follows the records and the sideloads: `"next_page":…` and so on, as JSON without braces. */
  readonly envelope: string;
  readonly endOfStream: boolean;
}

function timeBody(
  account: Account,
  settings: ExportSettings,
  request: EndpointRequest,
  query: ExportQuery,
): BuiltPage {
  const { startTime, perPage } = query;
  const result = timePage(account, {
    startTime,
    perPage,
    lastSecond: Math.floor(request.now - settings.holdBackSeconds),
    accepts: accepts(account, query),
    pinned: settings.pinned,
    expandLimit: settings.expandLimit,
  });
  let { endTime, endOfStream } = result;
  if (request.fault?.kind === 'endTimeBackwards') {
    endTime = startTime - (request.fault.seconds ?? 3600);
    endOfStream = false;
  }
  // Never null, not even at the end of the stream (§ next_page).
  const next = nextUrl(request, (search) => {
    search.set('start_time', String(endTime ?? startTime));
  });
  const envelope =
    `"next_page":${JSON.stringify(next)},"count":${result.ids.length},` +
    `"end_of_stream":${endOfStream},"end_time":${endTime}`;
  return { ids: result.ids, envelope, endOfStream };
}

function cursorBody(
  account: Account,
  settings: ExportSettings,
  request: EndpointRequest,
  query: ExportQuery,
): BuiltPage {
  const result = cursorPage(account, {
    from: query.cursor ?? query.startTime,
    perPage: query.perPage,
    lastSecond: Math.floor(request.now - settings.holdBackSeconds),
    accepts: accepts(account, query),
  });
  let { afterCursor, endOfStream } = result;
  if (request.fault?.kind === 'cursorStuck')
    [afterCursor, endOfStream] = [request.url.searchParams.get('cursor'), false];
  if (request.fault?.kind === 'cursorMissing') [afterCursor, endOfStream] = [null, false];
  const cursor = afterCursor;
  const after =
    cursor === null
      ? null
      : nextUrl(request, (search) => {
          search.delete('start_time');
          search.set('cursor', cursor);
        });
  const envelope =
    `"after_url":${JSON.stringify(after)},"before_url":null,"after_cursor":${JSON.stringify(cursor)},` +
    `"before_cursor":null,"end_of_stream":${endOfStream}`;
  return { ids: result.ids, envelope, endOfStream };
}

function accepts(account: Account, query: ExportQuery): (id: number) => boolean {
  const { supportTypeScope: scope, excludeDeleted } = query;
  return (id) =>
    (scope === 'all' || account.supportType(id) === scope) &&
    !(excludeDeleted && account.status(id) === 'deleted');
}

const WRITER = new BodyWriter();

function encodePage(
  account: Account,
  settings: ExportSettings,
  list: string,
  query: ExportQuery,
  ids: readonly number[],
  envelope: string,
): Buffer {
  WRITER.write(`{"${list}":[`);
  for (const [index, id] of ids.entries()) {
    if (index > 0) WRITER.write(',');
    WRITER.write(account.json(id, nestedSideloads(account, id, query.include, settings.metricSets)));
  }
  WRITER.write(
    ']' + topLevelSideloads(account, ids, query.include, settings.metricSets) + ',' + envelope + '}',
  );
  return WRITER.take();
}

/** The URL of the next page: the one that was asked for, with its query echoed and the position replaced. */
function nextUrl(request: EndpointRequest, change: (search: URLSearchParams) => void): string {
  const url = new URL(request.url);
  change(url.searchParams);
  const fault = request.fault;
  return fault?.kind === 'wrongHost'
    ? `https://${fault.host ?? 'elsewhere.example'}${url.pathname}${url.search}`
    : url.href;
}
