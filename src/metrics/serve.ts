import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Registry } from 'prom-client';
import { listen, type Address } from '../listen';

/**
 * `GET /metrics`: ours, followed by those of the Temporal SDK. They have two sources because the SDK cannot take a series
 * back, and what is said of an export that has long ended must vanish.
 * @param sdkPort where the SDK serves its own, on loopback
 * @throws Error when the address cannot be listened on
 */
export async function serveMetrics(address: Address, registry: Registry, sdkPort: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    Promise.all([registry.metrics(), metricsOfSdk(sdkPort)]).then(
      (texts) => {
        response.writeHead(200, { 'content-type': registry.contentType });
        response.end(texts.join(''));
      },
      () => response.writeHead(500).end(),
    );
  });
  await listen(server, address, 'EXPORT_METRICS_ADDRESS');
  // The worker decides how long the process lives.
  return server.unref();
}

/** Of its own, so that no proxy of the environment is asked for a loopback address. */
const agent = new Agent();

async function metricsOfSdk(port: number): Promise<string> {
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: '/metrics', agent, timeout: 5000 }, resolve).once('error', reject);
    });
    return await text(response);
  } catch {
    // Ours are worth more than none.
    return '';
  }
}
