import { LISTED, WHOLE, type Stream } from './stream';

/** Targets are in minutes; `target_in_seconds` within a metric is not documented. */
export const slaPolicies: Stream = {
  ...LISTED,
  name: 'sla_policies',
  noun: 'SLA policy',
  list: 'sla_policies',
  paging: { ...WHOLE, path: 'slas/policies' },
  columns: {
    url: 'text',
    title: 'text',
    description: 'text',
    position: 'integer',
    filter: 'json',
    policy_metrics: 'json',
    metric_settings: 'json',
    created_at: 'time',
    updated_at: 'time',
  },
  longColumns: ['policy_metrics'],
};
