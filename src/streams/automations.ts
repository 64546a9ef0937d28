import { LISTED, PAGES, type Stream } from './stream';

/** What is done to tickets as time passes. */
export const automations: Stream = {
  ...LISTED,
  name: 'automations',
  noun: 'automation',
  list: 'automations',
  paging: { ...PAGES, path: 'automations' },
  columns: {
    url: 'text',
    title: 'text',
    raw_title: 'text',
    active: 'boolean',
    default: 'boolean',
    position: 'integer',
    conditions: 'json',
    actions: 'json',
    created_at: 'time',
    updated_at: 'time',
  },
  longColumns: ['conditions', 'actions'],
};
