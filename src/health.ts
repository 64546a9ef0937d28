import { createServer, type Server } from 'node:http';
import type { Worker } from '@temporalio/worker';

/** `GET /healthz`: 200 while the worker takes tasks, 503 before and while it shuts down; the body is its status as JSON. */
export async function serveHealth(
  worker: Worker,
  { host, port }: { host: string; port: number },
): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== '/healthz') {
      response.writeHead(404).end();
      return;
    }
    const status = worker.getStatus();
    response.writeHead(status.runState === 'RUNNING' ? 200 : 503, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(status)}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return server;
}
