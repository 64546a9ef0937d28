import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the mirror sends in place of a true answer. */
export interface Reflection {
  readonly body: Uint8Array | string;
  /** The header `content-encoding`. */
  readonly encoding?: string | undefined;
}

export interface Mirror {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Passes requests on to a Zendesk, and its answers back, bent on the way.
 * @param bend of an answer with status 200; undefined leaves it as it is
 */
export async function startMirror(
  target: string,
  bend: (body: string, url: URL) => Reflection | undefined,
): Promise<Mirror> {
  const answer = async (path: string, authorization: string, response: ServerResponse): Promise<void> => {
    const url = new URL(path, target);
    const original = await fetch(url, { headers: { authorization, 'accept-encoding': 'identity' } });
    const body = await original.text();
    const { body: bent, encoding } = (original.ok ? bend(body, url) : undefined) ?? { body };
    response.statusCode = original.status;
    response.setHeader('content-type', original.headers.get('content-type') ?? 'application/json');
    const retryAfter = original.headers.get('retry-after');
    if (retryAfter !== null) response.setHeader('retry-after', retryAfter);
    if (encoding !== undefined) response.setHeader('content-encoding', encoding);
    response.end(bent);
  };
  const server = createServer((request, response) => {
    answer(request.url ?? '/', request.headers.authorization ?? '', response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
