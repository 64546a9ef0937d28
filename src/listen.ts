import type { Server } from 'node:net';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Has a server listen.
 * @param name of the variable or option that holds the address
 * @throws Error that says what to change
 */
export async function listen(server: Server, address: Address, name: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(new Error(whyNotListening(error, address, name), { cause: error }));
    };
    server.once('error', fail).listen(address.port, address.host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

/** Node's and Rust's words for it. */
const REASONS: readonly (readonly [RegExp, (address: Address) => string])[] = [
  [
    /EADDRINUSE|address already in use/i,
    ({ host, port }) => `port ${port} of ${host} is in use: name a free one, or stop the process that has it`,
  ],
  [/EACCES|permission denied/i, ({ port }) => `this user may not listen on port ${port}: name one from 1024`],
  [
    /EADDRNOTAVAIL|cannot assign requested address/i,
    ({ host }) => `${host} is not an address of this machine`,
  ],
  [/ENOTFOUND|EAI_AGAIN/, ({ host }) => `the host ${host} is not known`],
];

/** Why an address cannot be listened on, and what to change. */
export function whyNotListening(error: unknown, address: Address, name: string): string {
  const said = String(error);
  const reason = REASONS.find(([pattern]) => pattern.test(said))?.[1](address);
  return `${name}: ${reason ?? `cannot listen on ${address.host}:${address.port}: ${said}`}.`;
}
