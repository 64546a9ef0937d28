import { proxySinks } from '@temporalio/workflow';
import type { MetricSinks } from '../src/contract/sinks';
import type { Status } from '../src/contract/status';
import type { StreamName } from '../src/streams';

const { metrics } = proxySinks<MetricSinks>();

export function reportStatus({ state, subdomain, streams }: Status): void {
  const measured = Object.entries(streams).map(([name, stream]) => {
    const { state, watermark, sweptAt, pages } = stream;
    return [name, { state, watermark, sweptAt, pages }] as const;
  });
  metrics.status({ state, subdomain, streams: Object.fromEntries(measured) });
}

export function reportFields(subdomain: string, stream: StreamName, count: number): void {
  metrics.newFields(subdomain, stream, count);
}
