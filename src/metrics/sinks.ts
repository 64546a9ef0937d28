import type { InjectedSinks } from '@temporalio/worker';
import type { MetricSinks } from '../contract/sinks';
import type { ExportGauges } from './exports';
import type { Metrics } from './metrics';

/** The worker's end of `workflows/metrics.ts`; every worker needs one, or each call is logged as an error. */
export function metricSinks(gauges?: ExportGauges, metrics?: Metrics): InjectedSinks<MetricSinks> {
  return {
    metrics: {
      status: {
        fn: ({ workflowId }, status) => gauges?.hear(workflowId, status),
        callDuringReplay: false,
      },
      newFields: {
        fn: (_, subdomain, stream, count) => metrics?.newFields(subdomain, stream, count),
        callDuringReplay: false,
      },
    },
  };
}
