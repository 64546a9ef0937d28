import getPort from 'get-port';
import { startDevServer } from '../development/devServer';
import { onPath } from '../development/executables';
import { temporalCli } from '../development/temporalCli';

export interface Temporal {
  readonly address: string;
  readonly ui: string;
  /** How to call the CLI here. */
  readonly cli: string;
  close(): Promise<void>;
}

/** The server that the environment names, or a development server of our own; everything after it uses its address. */
export async function startTemporal(): Promise<Temporal> {
  const { TEMPORAL_ADDRESS: configured, TEMPORAL_PROFILE: profile } = process.env;
  if (configured !== undefined || profile !== undefined) {
    const address = configured ?? `the profile ${profile ?? ''}`;
    return { address, ui: `that of ${address}`, cli: 'temporal', close: async () => undefined };
  }
  // The usual ports where they are free, so that the CLI needs no options.
  const ports = { port: await getPort({ port: 7233 }), uiPort: await getPort({ port: 8233 }) };
  const server = await startDevServer({ ...ports, dbFilename: '.demo/temporal.db' });
  process.env['TEMPORAL_ADDRESS'] = server.address;
  return {
    address: server.address,
    ui: `http://localhost:${ports.uiPort}`,
    // The one on the PATH is called by its name.
    cli: onPath('temporal') === undefined ? await temporalCli(() => undefined) : 'temporal',
    close: async () => server.teardown(),
  };
}
