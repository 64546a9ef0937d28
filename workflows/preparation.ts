import type { Prepared } from '../src/contract/request';
import { STREAM_NAMES } from '../src/streams';
import { FREE } from './pace';
import type { ExportState, Progress, Streams } from './state';
import { beginStream } from './streamState';

/** The input has been accepted: everything is before its first page. */
export function prepare(state: ExportState, prepared: Prepared, now: number): ExportState {
  return { ...state, blocked: null, stoppedAt: null, lastError: null, progress: begin(prepared, now) };
}

function begin({ request, searchAttributes }: Prepared, now: number): Progress {
  const streams = STREAM_NAMES.map((name, index) => [name, beginStream(request, index + 1, now)] as const);
  const { customFields } = request;
  return {
    request,
    searchAttributes,
    pace: FREE,
    epoch: 0,
    nextPage: streams.length + 1,
    streams: Object.fromEntries(streams) as Streams,
    ...(customFields === undefined ? {} : { fields: { ...customFields, early: false } }),
  };
}
