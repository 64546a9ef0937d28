import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { types } from 'node:util';
import { decode, ENCODINGS } from './decode';
import { ZendeskError } from './failure';

export interface Timeouts {
  /** No answer within this time means the page is too heavy: Zendesk's own gateway gives up earlier. */
  readonly answerMs: number;
  /** A body that stops arriving for so long is a broken connection. */
  readonly silenceMs: number;
}

export const TIMEOUTS: Timeouts = { answerMs: 75_000, silenceMs: 20_000 };

export interface Question {
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
 * @throws ZendeskError `unavailable` or `tooHeavy`; the abort reason when `signal` aborts
 */
export async function send(
  url: URL,
  question: Question,
  signal: AbortSignal,
  timeouts?: Timeouts,
): Promise<Answer> {
  return readAnswer(await sendRaw(url, question, signal, timeouts));
}

/** @throws ZendeskError `unavailable` when it is not compressed as it says */
export function readAnswer({ content, ...head }: RawAnswer): Answer {
  try {
    const body = decode(content, head.headers.get('content-encoding'));
    return { ...head, body: body.toString('utf8'), bytes: body.length };
  } catch (error) {
    throw unavailable(`no complete answer (${causeOf(error)})`);
  }
}

/** As {@link send}, for bodies that are read elsewhere. */
export async function sendRaw(
  url: URL,
  question: Question,
  signal: AbortSignal,
  { answerMs, silenceMs }: Timeouts = TIMEOUTS,
): Promise<RawAnswer> {
  signal.throwIfAborted();
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
    const response = await answerTo(url, question, AbortSignal.any([signal, watch.signal]));
    const answeredAt = performance.now();
    const chunks: Buffer[] = [];
    expectMore();
    for await (const chunk of response) {
      chunks.push(chunk as Buffer);
      expectMore();
    }
    const { statusCode: status = 0 } = response;
    return { status, headers: headersOf(response), content: joined(chunks), askedAt, answeredAt };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (watch.signal.aborted) throw watch.signal.reason;
    throw unavailable(`no complete answer (${causeOf(error)})`);
  } finally {
    clearTimeout(timer);
  }
}

/** Idle connections are closed before a server does it in the middle of the next request. */
const KEPT = { keepAlive: true, timeout: 4000 };
const plain = { request: http.request, agent: new http.Agent(KEPT) };
const secure = { request: https.request, agent: new https.Agent(KEPT) };

/**
 * Not by `fetch`, which decompresses in small pieces on the event loop. No redirect is followed: it could lead the
 * credentials to another host.
 */
async function answerTo(
  url: URL,
  { method = 'GET', headers, body }: Question,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { request: begin, agent } = url.protocol === 'https:' ? secure : plain;
  const all = { 'user-agent': 'zendesk-ticket-export', 'accept-encoding': ENCODINGS, ...headers };
  return new Promise((resolve, reject) => {
    const request = begin(url, { method, headers: all, agent, signal }, resolve);
    request.once('error', reject);
    request.end(body);
  });
}

function headersOf({ headers }: IncomingMessage): Headers {
  return new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** Not `Buffer.concat`, whose small results share one buffer that cannot be handed to a thread. */
function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function unavailable(message: string): ZendeskError {
  return new ZendeskError({ kind: 'unavailable' }, `Zendesk: ${message}`);
}

/**
 * The system's code (ECONNREFUSED, Z_DATA_ERROR) or the kind of error. Nothing else is passed on: messages may quote what
 * was sent, a secret header too.
 */
function causeOf(error: unknown): string {
  if (!types.isNativeError(error)) return 'unknown';
  return 'code' in error ? String(error.code) : error.name;
}

/** The answer without a secret that it echoes, as proxies' error pages do: its text ends up in messages. */
export function withoutSecret(answer: Answer, secret: string): Answer {
  return answer.body.includes(secret)
    ? { ...answer, body: answer.body.replaceAll(secret, '[secret]') }
    : answer;
}
