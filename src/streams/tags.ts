import { LISTED, PAGES, type Stream } from './stream';

/**
 * The 20,000 that were used most in the last 60 days: one that is no longer in the list may still be on tickets. They have
 * neither id nor time.
 */
export const tags: Stream = {
  ...LISTED,
  name: 'tags',
  noun: 'tag',
  list: 'tags',
  id: { key: 'name', type: 'text' },
  paging: { ...PAGES, path: 'tags' },
  columns: {
    name: 'text',
    count: 'integer',
  },
};
