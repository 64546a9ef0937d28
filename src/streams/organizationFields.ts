import { PAGES, type Stream } from './stream';
import { userFields } from './userFields';

/** Custom fields of organizations: `key` is what `organization_fields` of an organization has. */
export const organizationFields: Stream = {
  ...userFields,
  name: 'organization_fields',
  noun: 'organization field',
  list: 'organization_fields',
  paging: { ...PAGES, path: 'organization_fields' },
};
