import { proxySinks, type Sinks } from '@temporalio/workflow';
import type { Status } from '../src/contract/status';

/** What the metrics need of a status. */
export type Measured = Pick<Status, 'state' | 'subdomain' | 'watermark' | 'pages'>;

/** Where it goes from inside the sandbox, for the worker's metrics; not on replay. */
export interface MetricSinks extends Sinks {
  metrics: {
    status: (status: Measured) => void;
    newFields: (subdomain: string, count: number) => void;
  };
}

const { metrics } = proxySinks<MetricSinks>();

export function reportStatus({ state, subdomain, watermark, pages }: Status): void {
  metrics.status({ state, subdomain, watermark, pages });
}

export function reportFields(subdomain: string, count: number): void {
  metrics.newFields(subdomain, count);
}
