import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { decrypt, encrypt, Undecryptable } from './encryption';
import type { CodecKeys } from '../../account/codecKeys';

export interface CodecServerOptions {
  readonly keys: CodecKeys;
  /** Where the Web UI is opened, as browsers name it: pages from elsewhere are refused. */
  readonly origins: readonly string[];
  /** What requests must bring as `Authorization: Bearer …`; undefined for nothing. */
  readonly token: string | undefined;
  /** Receives a line about payloads that could not be decrypted. */
  readonly say: (text: string) => void;
}

type Payloads = z.infer<typeof body>['payloads'];

/** A history may hold many payloads, none larger than 2 MB. */
const LARGEST_BODY = 64 * 1024 * 1024;

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));
const body = z.object({
  payloads: z
    .array(
      z.object({ metadata: z.record(z.string(), base64).default({}), data: base64.default(Buffer.alloc(0)) }),
    )
    .default([]),
});

/**
 * Temporal's codec protocol for the Web UI and the CLI: `POST …/encode` and `POST …/decode` of `{"payloads": […]}`. A payload
 * that cannot be decrypted comes back as it is, so that it does not hide the others.
 */
export function codecServer(options: CodecServerOptions): Server {
  return createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      response.writeHead(400).end(error instanceof z.ZodError ? 'no payloads of Temporal' : String(error));
    });
  });
}

async function answer(
  { keys, origins, token, say }: CodecServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { origin, authorization = '' } = request.headers;
  if (origin !== undefined) {
    if (!origins.includes(origin)) {
      response.writeHead(403).end(`EXPORT_CODEC_ORIGINS does not name ${origin}`);
      return;
    }
    allow(origin, request, response);
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
  }
  if (token !== undefined && !same(authorization, `Bearer ${token}`)) {
    response.writeHead(401).end('EXPORT_CODEC_TOKEN is required as a bearer token');
    return;
  }
  const operation = /\/(encode|decode)$/.exec(new URL(request.url ?? '/', 'http://codec').pathname)?.[1];
  if (operation === undefined || request.method !== 'POST') {
    response.writeHead(404).end('POST …/encode or …/decode');
    return;
  }
  const { payloads } = body.parse(JSON.parse(await text(request)));
  const done = payloads.map((payload) =>
    operation === 'encode' ? encrypt(payload, keys) : decrypted(payload, keys, say),
  );
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ payloads: done.map(toJson) }));
}

function allow(origin: string, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-allow-methods', 'POST');
  response.setHeader(
    'access-control-allow-headers',
    request.headers['access-control-request-headers'] ?? 'content-type',
  );
  // For a Web UI on the internet, such as Temporal Cloud's, and a codec server at home.
  response.setHeader('access-control-allow-private-network', 'true');
  response.setHeader('vary', 'origin, access-control-request-headers');
}

function decrypted(
  payload: Payloads[number],
  keys: CodecKeys,
  say: (text: string) => void,
): ReturnType<typeof decrypt> {
  try {
    return decrypt(payload, keys);
  } catch (error) {
    if (!(error instanceof Undecryptable)) throw error;
    say(`a payload is ${error.message}\n`);
    return payload;
  }
}

function toJson({ metadata, data }: ReturnType<typeof decrypt>): unknown {
  const encoded = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, value]) => [name, encoded(value)]),
    ),
    ...(data ? { data: encoded(data) } : {}),
  };
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new Error(`more than ${LARGEST_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Takes the same time wherever the two differ, so that the time gives nothing away. */
function same(given: string, expected: string): boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
