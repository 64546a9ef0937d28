import type { InjectedSinks } from '@temporalio/worker';
import type { MetricSinks } from '../../workflows/metrics';
import type { ExportGauges } from './exports';

/** The worker's end of `workflows/metrics.ts`; every worker needs one, or each call is logged as an error. */
export function metricSinks(gauges?: ExportGauges): InjectedSinks<MetricSinks> {
  return {
    metrics: {
      status: {
        fn: ({ workflowId }, status) => gauges?.hear(workflowId, status),
        callDuringReplay: false,
      },
    },
  };
}
