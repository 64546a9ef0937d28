import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OddServer {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Paths with query of the requests so far. */
  readonly requests: string[];
}

const servers: Server[] = [];

/** A real HTTP server for answers that the simulator does not give. `count` is the number of the request, from 1. */
export async function serve(
  answer: (response: ServerResponse, request: IncomingMessage, count: number) => void,
): Promise<OddServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    answer(response, request, requests.length);
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** Answers every request with this status, body and headers. */
export async function serveAlways(
  status: number,
  body: string | Buffer,
  headers: Record<string, string | string[]> = {},
): Promise<OddServer> {
  return serve((response) => response.writeHead(status, headers).end(body));
}

export async function closeServers(): Promise<void> {
  await Promise.all(
    servers.splice(0).map(
      async (server) =>
        new Promise((resolve) => {
          server.close(resolve);
          server.closeAllConnections();
        }),
    ),
  );
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
