import { proxySinks } from '@temporalio/workflow';
import type { MetricSinks } from '../src/contract/sinks';
import type { Status } from '../src/contract/status';

const { metrics } = proxySinks<MetricSinks>();

export function reportStatus({ state, subdomain, watermark, pages }: Status): void {
  metrics.status({ state, subdomain, watermark, pages });
}

export function reportFields(subdomain: string, count: number): void {
  metrics.newFields(subdomain, count);
}
