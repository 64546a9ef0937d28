import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes notices on loopback. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** What it answers the next times; with none left, the last one. */
  answers: readonly Answer[];
  close(): Promise<void>;
}

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `never`: the connection stays open, and nothing comes; `endless`: 200, and a body that never ends. */
export type Answer = number | 'never' | 'endless';

export async function startReceiver(...answers: readonly Answer[]): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      const [answer = 200, ...later] = receiver.answers;
      if (later.length > 0) receiver.answers = later;
      if (answer === 'never') return;
      response.writeHead(answer === 'endless' ? 200 : answer, { location: receiver.url });
      if (answer === 'endless') response.write('x'.repeat(100_000));
      else response.end('{"not": "read"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/path-is-secret?token=too`,
    received,
    answers,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
