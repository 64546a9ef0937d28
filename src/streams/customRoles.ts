import { LISTED, WHOLE, type Stream } from './stream';

/** What agents may do. `team_member_count` changes without `updated_at`. */
export const customRoles: Stream = {
  ...LISTED,
  name: 'custom_roles',
  noun: 'custom role',
  list: 'custom_roles',
  paging: { ...WHOLE, path: 'custom_roles' },
  columns: {
    name: 'text',
    description: 'text',
    role_type: 'integer',
    configuration: 'json',
    team_member_count: 'integer',
    created_at: 'time',
    updated_at: 'time',
  },
  longColumns: ['configuration'],
};
