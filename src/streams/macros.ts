import { LISTED, PAGES, type Stream } from './stream';

/** Shared and personal ones: all of them for an admin, else those the agent may use. */
export const macros: Stream = {
  ...LISTED,
  name: 'macros',
  noun: 'macro',
  list: 'macros',
  paging: { ...PAGES, path: 'macros' },
  columns: {
    url: 'text',
    title: 'text',
    raw_title: 'text',
    description: 'text',
    active: 'boolean',
    default: 'boolean',
    position: 'integer',
    actions: 'json',
    restriction: 'json',
    created_at: 'time',
    updated_at: 'time',
  },
  longColumns: ['actions'],
  otherKeys: [
    'app_installation',
    'categories',
    'permissions',
    'usage_1h',
    'usage_24h',
    'usage_7d',
    'usage_30d',
  ],
};
