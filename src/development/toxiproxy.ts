import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { z } from 'zod';
import { goProgram } from './executables';

/** A proxy in front of a server of this machine, that can be made to misbehave. */
export interface Proxy {
  readonly port: number;
  /** What it does to all connections from now on: see the list of toxics in Toxiproxy's documentation. */
  poison(toxic: Toxic): Promise<void>;
  /** It is a good proxy again. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

export interface Toxic {
  readonly type: 'latency' | 'bandwidth' | 'limit_data' | 'reset_peer' | 'timeout';
  /** Towards the server, or back from it. */
  readonly stream: 'upstream' | 'downstream';
  readonly attributes: Readonly<Record<string, number>>;
}

const TOXIPROXY = {
  command: 'toxiproxy-server',
  version: '2.12.0',
  module: 'github.com/Shopify/toxiproxy/v2/cmd/server',
  minutes: 1,
};

/** Undefined where there is no Toxiproxy, nor Go to build it. */
export async function startProxy(upstreamPort: number): Promise<Proxy | undefined> {
  const executable = goProgram(TOXIPROXY, (text) => process.stderr.write(text));
  if (executable === undefined) return undefined;
  const api = await getPort();
  const port = await getPort();
  const server = spawn(executable, ['-host', '127.0.0.1', '-port', String(api)], { stdio: 'ignore' });
  const killed = (): void => void server.kill('SIGKILL');
  process.once('exit', killed);
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${api}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Toxiproxy: ${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  while (server.exitCode === null && !(await call('GET', '/version').then(isThere, isNotThere)))
    await sleep(20);
  await call('POST', '/proxies', {
    name: 'proxy',
    listen: `127.0.0.1:${port}`,
    upstream: `127.0.0.1:${upstreamPort}`,
  });
  return {
    port,
    poison: async (toxic) => {
      await call('POST', '/proxies/proxy/toxics', toxic);
    },
    heal: async () => {
      for (const { name } of named.parse(await call('GET', '/proxies/proxy/toxics')))
        await call('DELETE', `/proxies/proxy/toxics/${name}`);
    },
    close: async () => {
      process.off('exit', killed);
      const ended = new Promise((resolve) => server.once('exit', resolve));
      if (server.kill('SIGKILL')) await ended;
    },
  };
}

const named = z.array(z.object({ name: z.string() }));
const isThere = (): boolean => true;
const isNotThere = (): boolean => false;
