import { ZendeskError } from './failure';

/** No answer within this time means the page is too heavy: Zendesk's own gateway gives up earlier. */
const ANSWER_TIMEOUT_MS = 75_000;
/** A body that stops arriving is a broken connection. */
const SILENCE_TIMEOUT_MS = 20_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Read as text whatever the content type says: errors come as JSON, text, HTML or nothing. */
  readonly body: string;
  /** Decoded size in bytes. */
  readonly bytes: number;
}

/**
 * One request, its whole body read.
 * @throws ZendeskError `unavailable` or `tooHeavy`; the abort reason when `signal` aborts
 */
export async function send(url: URL, init: RequestInit, signal: AbortSignal): Promise<Answer> {
  const watch = new AbortController();
  let timer = setTimeout(() => {
    watch.abort(
      new ZendeskError({ kind: 'tooHeavy' }, `Zendesk did not answer within ${ANSWER_TIMEOUT_MS / 1000} s`),
    );
  }, ANSWER_TIMEOUT_MS);
  const expectMore = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      watch.abort(unavailable(`the answer stopped arriving for ${SILENCE_TIMEOUT_MS / 1000} s`));
    }, SILENCE_TIMEOUT_MS);
  };
  try {
    // A redirect could carry the credentials to another host.
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.any([signal, watch.signal]),
    });
    const chunks: Uint8Array[] = [];
    expectMore();
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk as Uint8Array);
      expectMore();
    }
    const body = Buffer.concat(chunks);
    return {
      status: response.status,
      headers: response.headers,
      body: body.toString('utf8'),
      bytes: body.length,
    };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof ZendeskError) throw error;
    throw unavailable(`no complete answer (${causeOf(error)})`, error);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(message: string, cause?: unknown): ZendeskError {
  return new ZendeskError({ kind: 'unavailable' }, `Zendesk: ${message}`, { cause });
}

/** `fetch failed` says nothing; the system's code (ECONNREFUSED, UND_ERR_SOCKET) below it does. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}
