import { LISTED, PAGES, type Stream } from './stream';

/** Shared ones, and personal ones of the user whose token it is. */
export const views: Stream = {
  ...LISTED,
  name: 'views',
  noun: 'view',
  list: 'views',
  paging: { ...PAGES, path: 'views' },
  columns: {
    url: 'text',
    title: 'text',
    raw_title: 'text',
    description: 'text',
    active: 'boolean',
    default: 'boolean',
    position: 'integer',
    conditions: 'json',
    execution: 'json',
    restriction: 'json',
    created_at: 'time',
    updated_at: 'time',
  },
  longColumns: ['conditions', 'execution'],
};
