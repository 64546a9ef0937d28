import { COMMON, type Stream } from './stream';

/** There is no cursor twin; a page's last second always comes again. A deleted one comes with `deleted_at`. */
export const organizations: Stream = {
  ...COMMON,
  name: 'organizations',
  noun: 'organization',
  list: 'organizations',
  paging: {
    kind: 'incremental',
    path: 'incremental/organizations',
    cursor: null,
    prefers: 'time',
    isOrdered: true,
    filters: [],
  },
  deleted: { key: 'deleted_at', isSet: true },
  columns: {
    url: 'text',
    name: 'text',
    external_id: 'text',
    group_id: 'integer',
    created_at: 'time',
    updated_at: 'time',
    deleted_at: 'time',
    domain_names: 'texts',
    details: 'text',
    notes: 'text',
    shared_tickets: 'boolean',
    shared_comments: 'boolean',
    tags: 'texts',
    organization_fields: 'json',
  },
  longColumns: ['organization_fields'],
};
