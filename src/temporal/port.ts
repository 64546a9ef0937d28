import { createServer } from 'node:net';

/** Whether this loopback port can be listened on. */
export async function isFree(port: number): Promise<boolean> {
  return listenOn(port).then(
    () => true,
    () => false,
  );
}

/** A loopback port that is free now. */
export async function freePort(): Promise<number> {
  return listenOn(0);
}

async function listenOn(port: number): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  });
}
