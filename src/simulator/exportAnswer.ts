import { STREAMS } from '../streams';
import type { Account } from './account';
import { page, type Answer } from './answer';
import { BodyWriter } from './bodyWriter';
import { cursorPage, encodeCursor, encodeListCursor } from './cursorExport';
import type { DataSet } from './dataSet';
import type { ExportEndpoint } from './endpoints';
import { cursorText, readExportQuery, type ExportQuery } from './exportQuery';
import type { Fault } from './faults';
import { listEnvelope, nextUrl } from './links';
import type { PageCache } from './pageCache';
import { timePage } from './timeExport';

/** How the export endpoints of one simulator behave. */
export interface ExportSettings {
  readonly pinned: 'expand' | 'repeat';
  readonly expandLimit: number;
  readonly holdBackSeconds: number;
}

/** One request to an export endpoint. `url` is absolute; `now` is in Unix seconds. */
export interface EndpointRequest extends ExportEndpoint {
  readonly url: URL;
  readonly now: number;
  readonly fault: Fault | undefined;
}

/** The answer to one request to any export endpoint. */
export function exportAnswer(
  account: Account,
  settings: ExportSettings,
  cache: PageCache,
  request: EndpointRequest,
): Answer {
  const { kind, stream, url } = request;
  const read = readExportQuery(kind, url.searchParams, request.now);
  if ('refusal' in read) return read.refusal;
  const set = account.set(stream);
  const altered = alters(request.fault);
  const key = `${account.revision} ${url.href}`;
  const kept = altered ? undefined : cache.get(key);
  if (kept !== undefined) return page(kept);
  const { ids, envelope, endOfStream } = BUILD[kind](set, settings, request, read.query);
  const body = { plain: encodePage(set, STREAMS[stream].list, read.query, ids, envelope) };
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
  'shortPage',
]);

interface BuiltPage {
  readonly ids: readonly number[];
  /** What follows the records and the sideloads: `"next_page":…` and so on, as JSON without braces. */
  readonly envelope: string;
  readonly endOfStream: boolean;
}

type Build = (
  set: DataSet,
  settings: ExportSettings,
  request: EndpointRequest,
  query: ExportQuery,
) => BuiltPage;

const BUILD: Readonly<Record<ExportEndpoint['kind'], Build>> = {
  time: timeBody,
  cursor: cursorBody,
  list: listBody,
};

/** Which records a request can see. */
function visible(
  set: DataSet,
  { holdBackSeconds }: ExportSettings,
  { now }: EndpointRequest,
  query: ExportQuery,
): { lastSecond: number; accepts: (id: number) => boolean } {
  return { lastSecond: Math.floor(now - holdBackSeconds), accepts: (id) => set.accepts?.(id, query) ?? true };
}

function timeBody(...args: Parameters<Build>): BuiltPage {
  const [set, { pinned, expandLimit }, request, { startTime, perPage }] = args;
  const most = request.fault?.kind === 'shortPage' ? Math.ceil(perPage / 3) : perPage;
  const result = timePage(set, { ...visible(...args), startTime, perPage: most, pinned, expandLimit });
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

/** A page by cursor, and the cursor of the next one as the fault has it. */
function byCursor(
  encode: typeof encodeCursor,
  ...args: Parameters<Build>
): { ids: readonly number[]; cursor: string | null; endOfStream: boolean } {
  const [set, , { fault, url }, query] = args;
  const { perPage, cursor, startTime } = query;
  const { ids, after, endOfStream } = cursorPage(set, {
    ...visible(...args),
    from: cursor ?? startTime,
    perPage,
  });
  if (fault?.kind === 'cursorStuck') return { ids, cursor: cursorText(url.searchParams), endOfStream: false };
  if (fault?.kind === 'cursorMissing') return { ids, cursor: null, endOfStream: false };
  return { ids, cursor: after === undefined ? null : encode(after), endOfStream };
}

function cursorBody(...args: Parameters<Build>): BuiltPage {
  const { ids, cursor, endOfStream } = byCursor(encodeCursor, ...args);
  const after =
    cursor === null
      ? null
      : nextUrl(args[2], (search) => {
          search.delete('start_time');
          search.set('cursor', cursor);
        });
  const envelope =
    `"after_url":${JSON.stringify(after)},"before_url":null,"after_cursor":${JSON.stringify(cursor)},` +
    `"before_cursor":null,"end_of_stream":${endOfStream}`;
  return { ids, envelope, endOfStream };
}

function listBody(...args: Parameters<Build>): BuiltPage {
  const [set, , request] = args;
  const { ids, cursor, endOfStream } = byCursor(encodeListCursor, ...args);
  const [first] = ids;
  const before = first === undefined ? null : encodeListCursor({ second: set.version(first), id: first });
  const envelope = listEnvelope(request, { before, after: cursor, more: !endOfStream });
  return { ids, envelope: JSON.stringify(envelope).slice(1, -1), endOfStream };
}

const WRITER = new BodyWriter();

function encodePage(
  set: DataSet,
  list: string,
  { include }: ExportQuery,
  ids: readonly number[],
  envelope: string,
): Buffer {
  WRITER.write(`{"${list}":[`);
  for (const [index, id] of ids.entries()) {
    if (index > 0) WRITER.write(',');
    WRITER.write(set.json(id, include));
  }
  WRITER.write(`]${set.beside?.(ids, include) ?? ''},${envelope}}`);
  return WRITER.take();
}
