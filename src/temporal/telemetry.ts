import { lookup } from 'node:dns/promises';
import {
  makeTelemetryFilterString,
  Runtime,
  type Logger,
  type LogLevel,
  type TelemetryOptions,
} from '@temporalio/worker';
import type { Address } from '../config';
import { BUCKETS } from '../metrics/metrics';
import { jsonLogger } from './logger';

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
  try {
    Runtime.install({ logger, telemetryOptions: { logging, metrics: await prometheus(metrics) } });
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    throw new Error(`EXPORT_METRICS_ADDRESS ${metrics.host}:${metrics.port}: ${message}`, { cause: error });
  }
  return logger;
}

async function prometheus({ host, port }: Address): Promise<NonNullable<TelemetryOptions['metrics']>> {
  // The SDK takes no names.
  const { address, family } = await lookup(host);
  return {
    attachServiceName: false,
    prometheus: {
      bindAddress: `${family === 6 ? `[${address}]` : address}:${port}`,
      countersTotalSuffix: true,
      useSecondsForDurations: true,
      histogramBucketOverrides: BUCKETS,
    },
  };
}
