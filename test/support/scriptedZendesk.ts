import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A Zendesk with given answers, for bodies that the simulator does not make. */
export interface ScriptedZendesk {
  readonly url: string;
  /** Path and query of every request. */
  readonly asked: URL[];
  close(): Promise<void>;
}

/** @param answer the body for a request, text or to be sent as JSON */
export async function scriptZendesk(answer: (url: URL, index: number) => unknown): Promise<ScriptedZendesk> {
  const asked: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://zendesk.test');
    const body = answer(url, asked.push(url) - 1);
    response.setHeader('content-type', 'application/json');
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
