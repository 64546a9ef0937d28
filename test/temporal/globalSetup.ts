import { execFileSync } from 'node:child_process';
import getPort from 'get-port';
import { startDevServer, type DevServer } from '../../src/development/devServer';
import { temporalCli } from '../../src/development/temporalCli';

declare global {
  var temporalServer: DevServer | undefined;
}

/** Builds the worker and starts one Temporal server for all files; workers and CLI find it as users' do. */
export default async function setup(): Promise<void> {
  execFileSync(process.execPath, ['src/build.cjs'], { stdio: 'inherit' });
  const uiPort = await getPort();
  globalThis.temporalServer = await startDevServer({
    uiPort,
    // Runs of some 30 pages, so that every longer export continues as new several times.
    dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 200 },
  });
  process.env['TEMPORAL_ADDRESS'] = globalThis.temporalServer.address;
  process.env['TEMPORAL_UI'] = `http://localhost:${uiPort}`;
  process.env['TEMPORAL_CLI'] = await temporalCli(() => undefined);
}
