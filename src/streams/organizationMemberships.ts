import { LISTED, PAGES, type Stream } from './stream';

/** Which users are in which organizations. One that ended is no longer in the list. `default` is true or null. */
export const organizationMemberships: Stream = {
  ...LISTED,
  name: 'organization_memberships',
  noun: 'organization membership',
  list: 'organization_memberships',
  paging: { ...PAGES, path: 'organization_memberships' },
  columns: {
    url: 'text',
    user_id: 'integer',
    organization_id: 'integer',
    organization_name: 'text',
    default: 'boolean',
    view_tickets: 'boolean',
    created_at: 'time',
    updated_at: 'time',
  },
};
