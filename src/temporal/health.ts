import { createServer, type Server } from 'node:http';
import type { WorkerStatus } from '@temporalio/worker';
import type { Address } from '../account/config';
import { listen } from '../listen';

/**
 * `GET /healthz`: 200 while the worker takes tasks, 503 before and while it shuts down; the body is its status as JSON.
 * @param status undefined while there is no worker yet
 * @throws Error that names the variable when the address cannot be listened on
 */
export async function serveHealth(address: Address, status: () => WorkerStatus | undefined): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== '/healthz') {
      response.writeHead(404).end();
      return;
    }
    const now = status() ?? { runState: 'STARTING' };
    response.writeHead(now.runState === 'RUNNING' ? 200 : 503, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(now)}\n`);
  });
  await listen(server, address, 'EXPORT_HEALTH_ADDRESS');
  return server;
}
