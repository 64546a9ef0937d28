import { UPDATED_AT, type Stream } from './stream';

/** The figures of one ticket each, as they come with it. */
export const metricSets: Stream = {
  name: 'metric_sets',
  noun: 'metric set',
  list: 'metric_sets',
  paging: { kind: 'sideload' },
  version: { ...UPDATED_AT, isOptional: true },
  deleted: null,
  raw: 'object',
  columns: { updated_at: 'time' },
  longColumns: [],
  otherKeys: [],
  sideloads: [],
};
