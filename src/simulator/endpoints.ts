import { STREAMS } from '../streams';
import type { Stream } from '../streams/stream';

/** One of the two endpoints that export a stream. */
export interface ExportEndpoint {
  readonly stream: Stream;
  readonly kind: 'time' | 'cursor';
}

const ENDPOINTS = new Map<string, ExportEndpoint>();
for (const stream of Object.values(STREAMS)) {
  ENDPOINTS.set(`/api/v2/${stream.paging.path}`, { stream, kind: 'time' });
  ENDPOINTS.set(`/api/v2/${stream.paging.path}/cursor`, { stream, kind: 'cursor' });
}

/** @param path without `.json` at its end */
export function exportEndpoint(path: string): ExportEndpoint | undefined {
  return ENDPOINTS.get(path);
}
