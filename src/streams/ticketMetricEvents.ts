import { COMMON, type Stream } from './stream';

/** When what is measured of tickets began, paused, ended and breached. A withdrawn one comes again with `deleted` true. */
export const ticketMetricEvents: Stream = {
  ...COMMON,
  name: 'ticket_metric_events',
  noun: 'ticket metric event',
  list: 'ticket_metric_events',
  paging: {
    kind: 'incremental',
    path: 'incremental/ticket_metric_events',
    // The same path: with `page[size]`, at most 100, its pages are those of a list.
    cursor: { path: 'incremental/ticket_metric_events', style: 'list', bucket: 'export', mostPerPage: 100 },
    prefers: 'time',
    isOrdered: false,
    filters: [],
  },
  version: { key: 'time', form: 'time', column: 'version', isOptional: false },
  deleted: { key: 'deleted', is: true },
  columns: {
    ticket_id: 'integer',
    metric: 'text',
    instance_id: 'integer',
    type: 'text',
    time: 'time',
    updated_at: 'time',
    sla: 'json',
    group_sla: 'json',
    status: 'json',
  },
  otherKeys: ['deleted'],
};
