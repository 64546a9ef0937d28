import { LISTED, PAGES, type Stream } from './stream';

/** Which agents are in which groups. One that ended is no longer in the list. */
export const groupMemberships: Stream = {
  ...LISTED,
  name: 'group_memberships',
  noun: 'group membership',
  list: 'group_memberships',
  paging: { ...PAGES, path: 'group_memberships' },
  columns: {
    url: 'text',
    user_id: 'integer',
    group_id: 'integer',
    default: 'boolean',
    created_at: 'time',
    updated_at: 'time',
  },
};
