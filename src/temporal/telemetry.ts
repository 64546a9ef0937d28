import { lookup } from 'node:dns/promises';
import {
  makeTelemetryFilterString,
  Runtime,
  type Logger,
  type LogLevel,
  type RuntimeOptions,
  type TelemetryOptions,
} from '@temporalio/worker';
import type { Address } from '../config';
import { whyNotListening } from '../listen';
import { BUCKETS } from '../metrics/metrics';
import { jsonLogger } from './logger';

/**
 * Once per process, before the first connection: the log on stderr, and the metrics where Prometheus reads them.
 * @param settings how workers end, if not by SIGINT, SIGTERM and the like
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
  try {
    const telemetryOptions = { logging, metrics: await prometheus(metrics) };
    Runtime.install({ logger, telemetryOptions, ...settings });
  } catch (error) {
    throw new Error(whyNotListening(error, metrics, 'EXPORT_METRICS_ADDRESS'), { cause: error });
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
