import { proxySinks, type Sinks } from '@temporalio/workflow';
import type { Status } from '../src/contract/status';

/** Where a status goes from inside the sandbox, for the worker's metrics; not on replay. */
export interface MetricSinks extends Sinks {
  metrics: { status: (status: Pick<Status, 'state' | 'subdomain' | 'watermark'>) => void };
}

const { metrics } = proxySinks<MetricSinks>();

export function reportStatus({ state, subdomain, watermark }: Status): void {
  metrics.status({ state, subdomain, watermark });
}
