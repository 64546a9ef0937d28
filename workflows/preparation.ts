import { pageSizeOf, streamRequest, type ExportRequest, type Prepared } from '../src/contract/request';
import { STREAMS, type StreamName } from '../src/streams';
import { isList } from '../src/streams/stream';
import { PACES } from './pace';
import type { ExportState, Progress } from './state';
import { beginStream } from './incremental';
import type { Beginning, StreamState } from './streamState';
import { beginList } from './sweep';

/** The input has been accepted: everything is before its first page. */
export function prepare(state: ExportState, prepared: Prepared, now: number): ExportState {
  return { ...state, blocked: null, lastError: null, progress: progressOf(prepared, now) };
}

function progressOf({ request, searchAttributes }: Prepared, now: number): Progress {
  const { customFields } = request;
  const streams = request.streams.map(
    (name, index) => [name, begin(request, name, { epoch: 0, page: index + 1, now })] as const,
  );
  return {
    request,
    searchAttributes,
    paces: PACES,
    epoch: 0,
    nextPage: streams.length + 1,
    streams: Object.fromEntries(streams),
    ...(customFields === undefined ? {} : { fields: { ...customFields, early: false } }),
  };
}

/** A stream before its first page. */
export function begin(request: ExportRequest, name: StreamName, beginning: Beginning): StreamState {
  if (isList(STREAMS[name])) return beginList(pageSizeOf(request, name), beginning);
  const { startTime, continued } = request;
  return beginStream({ startTime, continued: continued[name] }, streamRequest(request, name), beginning);
}
