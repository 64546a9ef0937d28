import { streamRequest, type Prepared } from '../src/contract/request';
import { PACES } from './pace';
import type { ExportState, Progress } from './state';
import { beginStream } from './streamState';

/** The input has been accepted: everything is before its first page. */
export function prepare(state: ExportState, prepared: Prepared, now: number): ExportState {
  return { ...state, blocked: null, lastError: null, progress: begin(prepared, now) };
}

function begin({ request, searchAttributes }: Prepared, now: number): Progress {
  const { startTime, continued, customFields } = request;
  const streams = request.streams.map((name, index) => {
    const from = { startTime, continued: continued[name] };
    return [
      name,
      beginStream(from, streamRequest(request, name), { epoch: 0, page: index + 1, now }),
    ] as const;
  });
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
