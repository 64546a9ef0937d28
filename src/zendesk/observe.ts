import type { Quota } from '../contract/page';
import { listPaging, STREAM_NAMES, type StreamName } from '../streams';
import type { Account } from './account';
import { ZendeskError } from './failure';
import type { Answer } from './http';
import type { Bucket } from './holds';
import { quotaOf } from './quota';

/** One request and what came of it. */
export interface RequestDone {
  readonly subdomain: string;
  /** What it counts against. */
  readonly bucket: Bucket;
  /** Of a list its name. */
  readonly endpoint: 'export' | 'ticket_fields' | 'token' | 'user' | 'search' | 'other' | StreamName;
  /** The answer's status; `timeout`, `unreachable` or `aborted` when there was none. */
  readonly outcome: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** To the end of the body. */
  readonly seconds: number;
  readonly quota: Quota | null;
}

/** Called after every request. Must not throw. */
export type Observe = (request: RequestDone) => void;

/** Sends a request and reports it to `observe`. */
export async function observed<T extends Pick<Answer, 'status' | 'headers'>>(
  observe: Observe,
  { subdomain }: Account,
  bucket: Bucket,
  url: URL,
  send: () => Promise<T>,
): Promise<T> {
  const startedAt = Date.now();
  const from = performance.now();
  const done = (outcome: string, quota: Quota | null): void => {
    const seconds = (performance.now() - from) / 1000;
    observe({ subdomain, bucket, endpoint: endpointOf(url), outcome, startedAt, seconds, quota });
  };
  try {
    const answer = await send();
    done(String(answer.status), quotaOf(answer.headers, bucket));
    return answer;
  } catch (error) {
    done(reasonOf(error), null);
    throw error;
  }
}

function endpointOf({ pathname }: URL): RequestDone['endpoint'] {
  if (pathname.includes('/incremental/')) return 'export';
  if (pathname.endsWith('/ticket_fields')) return 'ticket_fields';
  if (pathname.includes('/search/')) return 'search';
  if (pathname.includes('/oauth/')) return 'token';
  return listAt(pathname) ?? (pathname.includes('/users/') ? 'user' : 'other');
}

/** The list whose page it is. */
function listAt(pathname: string): StreamName | undefined {
  const path = pathname.replace(/^.*\/api\/v2\//, '').replace(/\/\d+\//, '/{id}/');
  return STREAM_NAMES.find((name) => listPaging(name)?.path === path);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof ZendeskError)) return 'aborted';
  return error.failure.kind === 'tooHeavy' ? 'timeout' : 'unreachable';
}
