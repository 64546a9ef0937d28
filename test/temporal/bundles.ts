import { join } from 'node:path';
import type { ReplayWorkerOptions } from '@temporalio/worker';
import { metricSinks } from '../../src/metrics/sinks';

/** To replay with what the set-up has built. */
export const BUNDLE: ReplayWorkerOptions = {
  workflowBundle: { codePath: join('lib', 'workflow-bundle.js') },
  sinks: metricSinks(),
};

export const TRACED_BUNDLE: ReplayWorkerOptions = {
  workflowBundle: { codePath: join('lib', 'workflow-bundle-traced.js') },
  sinks: { ...metricSinks(), exporter: { export: { fn: () => undefined } } },
};
