import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import getPort from 'get-port';
import { SEARCH_ATTRIBUTES } from '../../workflows/searchAttributes';
import { messageOf } from '../command';
import { temporalCli } from './temporalCli';

export interface DevServerOptions {
  /** Both chosen by the system when absent. */
  readonly port?: number;
  readonly uiPort?: number;
  /** Where the histories are kept; in memory when absent. */
  readonly dbFilename?: string;
  readonly dynamicConfig?: Readonly<Record<string, string | number>>;
}

/** A server of our own. */
export interface DevServer {
  readonly address: string;
  readonly client: Client;
  /** @param signal how; SIGKILL as a crash would */
  teardown(signal?: NodeJS.Signals): Promise<void>;
}

const HOST = '127.0.0.1';

/** From its start until it answers; a second on a machine that has nothing else to do. */
const PATIENCE_MS = 60_000;

/**
 * Starts Temporal's own development server, with its Web UI and our search attributes.
 * @throws Error saying what to install when there is none to be had, or what kept it from starting
 */
export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  const path = await temporalCli((text) => process.stderr.write(text));
  const port = options.port ?? (await getPort());
  const uiPort = options.uiPort ?? (await getPort());
  const server = spawn(path, ['server', 'start-dev', ...flags(options, port, uiPort)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // In a group of its own: Ctrl-C is for this process, which ends the server after what needs it.
    detached: true,
    // Without a name for the user it does not start, and containers may have none.
    env: { USER: 'nobody', ...process.env },
  });
  const killed = (): void => void server.kill('SIGKILL');
  process.once('exit', killed);
  const address = `${HOST}:${port}`;
  const connection = await connectionTo(address, server);
  return {
    address,
    client: new Client({ connection }),
    teardown: async (signal = 'SIGTERM') => {
      await connection.close();
      process.off('exit', killed);
      const ended = new Promise((resolve) => server.once('exit', resolve));
      if (server.kill(signal)) await ended;
    },
  };
}

function flags({ dbFilename, dynamicConfig }: DevServerOptions, port: number, uiPort: number): string[] {
  const settings = {
    // With the default every hop costs about 45 ms once the first dozen are used up.
    'history.transferProcessorMaxPollRPS': 2000,
    ...dynamicConfig,
  };
  return [
    ...[`--ip=${HOST}`, `--port=${port}`, `--ui-port=${uiPort}`, '--log-level=warn'],
    ...(dbFilename === undefined ? [] : [`--db-filename=${dbFilename}`]),
    ...SEARCH_ATTRIBUTES.map(({ name, type }) => `--search-attribute=${name}=${capitalised(type)}`),
    ...Object.entries(settings).map(([key, value]) => `--dynamic-config-value=${key}=${value}`),
  ];
}

function capitalised(type: string): string {
  return `${type.slice(0, 1)}${type.slice(1).toLowerCase()}`;
}

async function connectionTo(
  address: string,
  server: ChildProcessByStdio<null, null, Readable>,
): Promise<Connection> {
  let said = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-2000);
  });
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await Connection.connect({ address, connectTimeout: '1s' });
    } catch (error) {
      if (server.exitCode !== null || server.signalCode !== null)
        throw new Error(`The Temporal server ended instead of starting: ${said.trim()}`, { cause: error });
      if (Date.now() > deadline)
        throw new Error(`The Temporal server does not answer: ${messageOf(error)}`, { cause: error });
    }
    await sleep(50);
  }
}
