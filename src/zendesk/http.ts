import { types } from 'node:util';
import { errors, request } from 'undici';
import { BodyCollector } from './bodyCollector';
import { asUtf8, decode, ENCODINGS } from './decode';
import { dispatcher, LARGEST_HEADERS, proxyFor } from './dispatcher';
import { ZendeskError } from './failure';
import { LARGEST_ANSWER, LARGEST_BODY, LARGEST_REFUSAL, TooLarge } from './tooLarge';
import { unreachable } from './unreachable';

export interface Timeouts {
  /** No answer within this time means the page is too heavy: Zendesk's own gateway gives up earlier. */
  readonly answerMs: number;
  /** A body that stops arriving for so long is a broken connection. */
  readonly silenceMs: number;
  /** The whole answer, however steadily it drips. */
  readonly wholeMs: number;
}

/** A page: the activity that asks for it has ten minutes, in which it is also written. */
export const PAGE_TIMEOUTS: Timeouts = { answerMs: 75_000, silenceMs: 20_000, wholeMs: 240_000 };
/** A token, a user, a list of fields. */
export const SMALL_TIMEOUTS: Timeouts = { answerMs: 30_000, silenceMs: 20_000, wholeMs: 60_000 };

export interface HttpRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Head {
  readonly status: number;
  readonly headers: Headers;
  /** When the request was sent and when its answer began, by `performance.now()`. */
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** An answer as it came. */
export interface RawAnswer extends Head {
  /** Still compressed. It has its buffer to itself, and can be handed to a thread. */
  readonly content: Uint8Array<ArrayBuffer>;
}

export interface Answer extends Head {
  /** Read as text whatever the content type says: errors come as JSON, text, HTML or nothing. */
  readonly body: string;
  /** Decoded size in bytes. */
  readonly bytes: number;
}

/**
 * One request, its whole body read.
 * @throws ZendeskError `unavailable`, `tooHeavy` or `refused`; the abort reason when `signal` aborts
 */
export async function send(
  url: URL,
  outgoing: HttpRequest,
  signal: AbortSignal,
  timeouts: Timeouts = SMALL_TIMEOUTS,
): Promise<Answer> {
  return readAnswer(await sendRaw(url, outgoing, signal, timeouts));
}

/**
 * @param largest how many bytes it may have
 * @throws ZendeskError `unavailable` when it is not compressed as it says, `tooHeavy` when it is too large
 */
export function readAnswer({ content, ...head }: RawAnswer, largest = LARGEST_ANSWER): Answer {
  try {
    const body = asUtf8(decode(content, head.headers.get('content-encoding'), largest));
    return { ...head, body: body.toString('utf8'), bytes: body.length };
  } catch (error) {
    if (error instanceof TooLarge) throw new ZendeskError({ kind: 'tooHeavy' }, `Zendesk: ${error.message}`);
    throw unavailable(`no complete answer (${codeOf(error)})`);
  }
}

/** The same of an answer that brings nothing but its status and a few words. */
export function readRefusal(answer: RawAnswer): Answer {
  try {
    return readAnswer(answer, LARGEST_REFUSAL);
  } catch (error) {
    if (!(error instanceof ZendeskError) || error.failure.kind !== 'tooHeavy') throw error;
    const { content, ...head } = answer;
    return { ...head, body: TooLarge.of(LARGEST_REFUSAL).message, bytes: content.length };
  }
}

/** As {@link send}, for bodies that are read elsewhere. */
export async function sendRaw(
  url: URL,
  { method = 'GET', headers, body }: HttpRequest,
  signal: AbortSignal,
  timeouts: Timeouts = SMALL_TIMEOUTS,
): Promise<RawAnswer> {
  signal.throwIfAborted();
  const whole = new AbortController();
  const deadline = setTimeout(() => {
    whole.abort(tooHeavy(`did not answer completely within ${timeouts.wholeMs / 1000} s`));
  }, timeouts.wholeMs);
  const askedAt = performance.now();
  try {
    // No redirect is followed: it could lead the credentials to another host.
    const response = await request(url, {
      method,
      headers: { 'user-agent': 'zendesk-ticket-export', 'accept-encoding': ENCODINGS, ...headers },
      body: body ?? null,
      headersTimeout: timeouts.answerMs,
      bodyTimeout: timeouts.silenceMs,
      signal: AbortSignal.any([signal, whole.signal]),
      dispatcher: dispatcher(),
    });
    const answeredAt = performance.now();
    const content = new BodyCollector();
    for await (const chunk of response.body) content.add(chunk as Buffer);
    return {
      status: response.statusCode,
      headers: headersOf(response.headers),
      content: content.whole(),
      askedAt,
      answeredAt,
    };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (whole.signal.aborted) throw whole.signal.reason;
    throw meaningOf(error, url, timeouts);
  } finally {
    clearTimeout(deadline);
  }
}

function meaningOf(error: unknown, url: URL, { answerMs, silenceMs }: Timeouts): ZendeskError {
  if (error instanceof ZendeskError) return error;
  if (error instanceof errors.HeadersTimeoutError)
    return tooHeavy(`did not answer within ${answerMs / 1000} s`);
  if (error instanceof errors.BodyTimeoutError)
    return unavailable(`the answer stopped arriving for ${silenceMs / 1000} s`);
  if (error instanceof errors.HeadersOverflowError)
    return unavailable(`sent more than ${LARGEST_HEADERS / 2 ** 10} KiB of headers`);
  if (error instanceof errors.ResponseExceededMaxSizeError)
    return tooHeavy(`sent more than ${LARGEST_BODY / 2 ** 20} MiB in one answer`);
  return unreachable(error, url, proxyFor(url)) ?? unavailable(`no complete answer (${codeOf(error)})`);
}

function headersOf(headers: Readonly<Record<string, string | string[] | undefined>>): Headers {
  return new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function unavailable(message: string): ZendeskError {
  return new ZendeskError({ kind: 'unavailable' }, `Zendesk: ${message}`);
}

function tooHeavy(message: string): ZendeskError {
  return new ZendeskError({ kind: 'tooHeavy' }, `Zendesk ${message}`);
}

/**
 * The system's code (ECONNRESET, Z_DATA_ERROR) or the kind of error. Nothing else is passed on: messages may quote what was
 * sent, a secret header too.
 */
function codeOf(error: unknown): string {
  if (!types.isNativeError(error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** The answer without a secret that it echoes, as proxies' error pages do: its text ends up in messages. */
export function withoutSecret(answer: Answer, secret: string): Answer {
  return answer.body.includes(secret)
    ? { ...answer, body: answer.body.replaceAll(secret, '[secret]') }
    : answer;
}
