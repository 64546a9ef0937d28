import { LISTED, PAGES, type Stream } from './stream';

/** Ticket triggers. `all` and `any` are old names of what `conditions` has. */
export const triggers: Stream = {
  ...LISTED,
  name: 'triggers',
  noun: 'trigger',
  list: 'triggers',
  paging: { ...PAGES, path: 'triggers', query: { sort: 'created_at' } },
  columns: {
    url: 'text',
    title: 'text',
    raw_title: 'text',
    description: 'text',
    active: 'boolean',
    default: 'boolean',
    position: 'integer',
    category_id: 'text',
    brand_id: 'integer',
    conditions: 'json',
    actions: 'json',
    restriction: 'json',
    created_at: 'time',
    updated_at: 'time',
  },
  longColumns: ['conditions', 'actions'],
  otherKeys: ['all', 'any', 'category'],
};
