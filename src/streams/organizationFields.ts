import { LISTED, PAGES, type Stream } from './stream';

/** Custom fields of organizations: `key` is what `organization_fields` of an organization has. */
export const organizationFields: Stream = {
  ...LISTED,
  name: 'organization_fields',
  noun: 'organization field',
  list: 'organization_fields',
  paging: { ...PAGES, path: 'organization_fields' },
  columns: {
    url: 'text',
    key: 'text',
    type: 'text',
    title: 'text',
    raw_title: 'text',
    description: 'text',
    raw_description: 'text',
    position: 'integer',
    active: 'boolean',
    system: 'boolean',
    regexp_for_validation: 'text',
    tag: 'text',
    custom_field_options: 'json',
    relationship_target_type: 'text',
    relationship_filter: 'json',
    created_at: 'time',
    updated_at: 'time',
  },
  longColumns: ['custom_field_options'],
};
