import {
  makeTelemetryFilterString,
  Runtime,
  type Logger,
  type LogLevel,
  type TelemetryOptions,
} from '@temporalio/worker';
import { register } from 'prom-client';
import type { Address } from '../config';
import { serveMetrics } from '../metrics/serve';
import { jsonLogger } from './logger';
import { freePort } from './port';

/**
 * Once per process, before the first connection: the log on stderr, and the metrics where Prometheus reads them.
 * @throws Error when the metrics' address cannot be listened on
 */
export async function installTelemetry(level: LogLevel, metrics?: Address): Promise<Logger> {
  const logger = jsonLogger(level);
  const logging = { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} };
  if (metrics === undefined) {
    Runtime.install({ logger, telemetryOptions: { logging } });
    return logger;
  }
  const sdkPort = await freePort();
  try {
    await serveMetrics(metrics, register, sdkPort);
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    throw new Error(`EXPORT_METRICS_ADDRESS ${metrics.host}:${metrics.port}: ${message}`, { cause: error });
  }
  Runtime.install({ logger, telemetryOptions: { logging, metrics: ofSdk(sdkPort) } });
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
