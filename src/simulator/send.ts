import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Answer, Body, Headers } from './answer';
import type { Fault } from './faults';

const compress = promisify(gzip);

async function encode(body: Body, zip: boolean): Promise<Buffer> {
  if (!zip) return body.plain;
  return (body.gzip ??= await compress(body.plain, { level: 1 }));
}

/** A JSON body cut in half, at a byte. */
function cut(plain: Buffer): Buffer {
  return plain.subarray(0, plain.length >> 1);
}

/**
 * Sends an answer as Zendesk does (compressed when the reader accepts it, chunked, with a weak etag and two request ids: § headers),
 * or damages it on its way as the fault says. A stalled answer is never finished.
 */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  options: { gzip: boolean; headers: Headers; fault: Fault | undefined },
): Promise<void> {
  const { fault } = options;
  const body = typeof answer.body === 'string' ? { plain: Buffer.from(answer.body) } : answer.body;
  const zip =
    options.gzip && body.plain.length > 0 && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  const whole = fault?.kind === 'truncate' ? { plain: cut(body.plain) } : body;
  const bytes = await encode(whole, zip);
  if (response.destroyed) return;
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'cache-control': 'max-age=0, private, must-revalidate',
    etag: `W/"${etagOf(bytes)}"`,
    server: 'cloudflare',
    'x-zendesk-zorg': 'yes',
    'x-zendesk-api-version': 'v2',
    'x-runtime': '0.042',
    // Seen twice in the recordings: a reader that expects one value gets "a, b".
    'x-request-id': [randomUUID(), randomUUID()],
    ...(zip ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {}),
    ...(fault?.kind === 'truncate'
      ? { 'content-length': String(bytes.length) }
      : { 'transfer-encoding': 'chunked' }),
    ...options.headers,
    ...answer.headers,
  });
  if ((fault?.kind === 'reset' || fault?.kind === 'stall') && fault.point === 'midBody') {
    response.write(cut(bytes), () => {
      if (fault.kind === 'reset') response.destroy();
    });
    return;
  }
  response.end(bytes);
}

function etagOf(bytes: Buffer): string {
  return createHash('md5').update(bytes.subarray(0, 4096)).update(String(bytes.length)).digest('hex');
}
