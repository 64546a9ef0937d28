import { types } from 'node:util';
import { ZendeskError } from './failure';

export interface Timeouts {
  /** No answer within this time means the page is too heavy: Zendesk's own gateway gives up earlier. */
  readonly answerMs: number;
  /** A body that stops arriving for so long is a broken connection. */
  readonly silenceMs: number;
}

export const TIMEOUTS: Timeouts = { answerMs: 75_000, silenceMs: 20_000 };

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Read as text whatever the content type says: errors come as JSON, text, HTML or nothing. */
  readonly body: string;
  /** Decoded size in bytes. */
  readonly bytes: number;
  /** When the request was sent and when its answer began, by `performance.now()`. */
  readonly askedAt: number;
  readonly answeredAt: number;
}

/**
 * One request, its whole body read.
 * @throws ZendeskError `unavailable` or `tooHeavy`; the abort reason when `signal` aborts
 */
export async function send(
  url: URL,
  init: RequestInit,
  signal: AbortSignal,
  { answerMs, silenceMs }: Timeouts = TIMEOUTS,
): Promise<Answer> {
  const watch = new AbortController();
  const askedAt = performance.now();
  let timer = setTimeout(() => {
    watch.abort(new ZendeskError({ kind: 'tooHeavy' }, `Zendesk did not answer within ${answerMs / 1000} s`));
  }, answerMs);
  const expectMore = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      watch.abort(unavailable(`the answer stopped arriving for ${silenceMs / 1000} s`));
    }, silenceMs);
  };
  try {
    // A redirect could carry the credentials to another host.
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.any([signal, watch.signal]),
    });
    const answeredAt = performance.now();
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
      askedAt,
      answeredAt,
    };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof ZendeskError) throw error;
    throw unavailable(`no complete answer (${causeOf(error)})`);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(message: string): ZendeskError {
  return new ZendeskError({ kind: 'unavailable' }, `Zendesk: ${message}`);
}

/**
 * `fetch failed` says nothing; the system's code (ECONNREFUSED, UND_ERR_SOCKET) below it does. Nothing else is passed
 * on: `fetch` quotes a header that it cannot send, secret and all.
 */
function causeOf(error: unknown): string {
  if (!types.isNativeError(error)) return 'unknown';
  const { cause } = error;
  if (types.isNativeError(cause)) return 'code' in cause ? String(cause.code) : cause.name;
  return error.name;
}

/** The answer without a secret that it echoes, as proxies' error pages do: its text ends up in messages. */
export function withoutSecret(answer: Answer, secret: string): Answer {
  return answer.body.includes(secret)
    ? { ...answer, body: answer.body.replaceAll(secret, '[secret]') }
    : answer;
}
