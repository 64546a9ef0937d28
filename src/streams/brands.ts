import { LISTED, PAGES, type Stream } from './stream';

/**
 * Deleted ones stay in the list, with `is_deleted` true, when they are asked for. Agents see only brands of their own.
 */
export const brands: Stream = {
  ...LISTED,
  name: 'brands',
  noun: 'brand',
  list: 'brands',
  paging: { ...PAGES, path: 'brands', query: { include_deleted: 'true' } },
  deleted: { key: 'is_deleted', is: true },
  columns: {
    url: 'text',
    name: 'text',
    brand_url: 'text',
    host_mapping: 'text',
    active: 'boolean',
    default: 'boolean',
    is_deleted: 'boolean',
    has_help_center: 'boolean',
    help_center_state: 'text',
    logo: 'json',
    signature_template: 'text',
    ticket_form_ids: 'integers',
    user_separation: 'text',
    created_at: 'time',
    updated_at: 'time',
  },
  // A column of that name is the account's.
  otherKeys: ['subdomain'],
};
