import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from '../listen';

/** Passes requests on as they are, signatures included, and answers some of them with 500 itself. */
export interface FailingProxy {
  readonly port: number;
  readonly failed: number;
  /** From now on which requests fail, by their number. */
  fail(strikes: (request: number) => boolean): void;
  close(): Promise<void>;
}

/** As S3 says it. */
const INTERNAL_ERROR =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>';

export async function startFailingProxy(target: number): Promise<FailingProxy> {
  let strikes: (request: number) => boolean = () => false;
  let [requests, failed] = [0, 0];
  const handle = (incoming: IncomingMessage, response: ServerResponse): void => {
    requests += 1;
    if (strikes(requests)) {
      failed += 1;
      // Half of what was sent has arrived by then, as it may be with the real one.
      response.writeHead(500, { 'content-type': 'application/xml', connection: 'close' }).end(INTERNAL_ERROR);
      return;
    }
    const { method, url, headers } = incoming;
    const outgoing = ask({ host: '127.0.0.1', port: target, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  };
  const server = createServer(handle);
  await listen(server, { host: '127.0.0.1', port: 0 }, 'The failing proxy');
  return {
    port: (server.address() as AddressInfo).port,
    get failed() {
      return failed;
    },
    fail: (which) => {
      strikes = which;
    },
    close: async () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
