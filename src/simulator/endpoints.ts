import { incrementalPaging } from '../streams';
import { SERVED, type Incremental } from './account';

/** How a page is asked for and answered: by time, by the cursor of the export, or as a page of a list. */
export type PageKind = 'time' | 'cursor' | 'list';

/** One of the endpoints that export a stream. */
export interface ExportEndpoint {
  readonly stream: Incremental;
  readonly kind: PageKind;
  /** The limit that it is counted against. */
  readonly bucket: 'export' | 'users';
}

interface Known {
  readonly stream: Incremental;
  readonly kind: 'time' | 'cursor';
  /** Whether the same path answers pages of a list, too. */
  readonly isList: boolean;
}

const KNOWN = new Map<string, Known>();
for (const stream of SERVED) {
  const paging = incrementalPaging(stream);
  if (paging === undefined) throw new Error(`${stream} are no export`);
  const { path, cursor } = paging;
  const isList = cursor?.style === 'list';
  KNOWN.set(`/api/v2/${path}`, { stream, kind: 'time', isList });
  if (cursor !== null && !isList) KNOWN.set(`/api/v2/${cursor.path}`, { stream, kind: 'cursor', isList });
}

/** @param path without `.json` at its end */
export function exportEndpoint(path: string, query: URLSearchParams): ExportEndpoint | undefined {
  const known = KNOWN.get(path);
  if (known === undefined) return undefined;
  const { stream, isList } = known;
  const kind = isList && (query.has('page[size]') || query.has('page[after]')) ? 'list' : known.kind;
  return { stream, kind, bucket: stream === 'users' && kind === 'cursor' ? 'users' : 'export' };
}
