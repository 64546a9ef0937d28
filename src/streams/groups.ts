import { LISTED, PAGES, type Stream } from './stream';

/** Deleted ones stay in the list, with `deleted` true, when they are asked for. They come with tickets, too. */
export const groups: Stream = {
  ...LISTED,
  name: 'groups',
  noun: 'group',
  list: 'groups',
  paging: { ...PAGES, path: 'groups', query: { exclude_deleted: 'false' } },
  deleted: { key: 'deleted', is: true },
  columns: {
    url: 'text',
    name: 'text',
    description: 'text',
    default: 'boolean',
    is_public: 'boolean',
    created_at: 'time',
    updated_at: 'time',
  },
  otherKeys: ['deleted'],
};
