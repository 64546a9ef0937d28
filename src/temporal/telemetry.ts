import {
  makeTelemetryFilterString,
  Runtime,
  type Logger,
  type LogLevel,
  type RuntimeOptions,
  type TelemetryOptions,
} from '@temporalio/worker';
import { register } from 'prom-client';
import getPort from 'get-port';
import type { Address } from '../account/config';
import { serveMetrics } from '../metrics/serve';
import { jsonLogger } from './logger';

/**
 * Once per process, before the first connection: the log on stderr, and the metrics where Prometheus reads them.
 * @param settings which signals end workers, if not the usual ones
 * @throws Error when the metrics' address cannot be listened on
 */
export async function installTelemetry(
  level: LogLevel,
  metrics?: Address,
  settings: Pick<RuntimeOptions, 'shutdownSignals'> = {},
): Promise<Logger> {
  const logger = jsonLogger(level);
  const logging = { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} };
  if (metrics === undefined) {
    Runtime.install({ logger, telemetryOptions: { logging }, ...settings });
    return logger;
  }
  const sdkPort = await getPort();
  await serveMetrics(metrics, register, sdkPort);
  Runtime.install({ logger, telemetryOptions: { logging, metrics: ofSdk(sdkPort) }, ...settings });
  return logger;
}

function ofSdk(port: number): NonNullable<TelemetryOptions['metrics']> {
  return {
    attachServiceName: false,
    prometheus: {
      bindAddress: `127.0.0.1:${port}`,
      countersTotalSuffix: true,
      useSecondsForDurations: true,
    },
  };
}
