import { LISTED, PAGES, type Stream } from './stream';

/** Custom fields of users: `key` is what `user_fields` of a user has. */
export const userFields: Stream = {
  ...LISTED,
  name: 'user_fields',
  noun: 'user field',
  list: 'user_fields',
  paging: { ...PAGES, path: 'user_fields' },
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
