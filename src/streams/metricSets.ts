import { SIDELOADED, type Stream } from './stream';

/** The figures of one ticket each, as they come with it. */
export const metricSets: Stream = {
  ...SIDELOADED,
  name: 'metric_sets',
  noun: 'metric set',
  list: 'metric_sets',
};
