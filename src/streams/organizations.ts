import { INTEGER_ID, UPDATED_AT, type Stream } from './stream';

/** There is no cursor twin; a page's last second always comes again. A deleted one comes with `deleted_at`. */
export const organizations: Stream = {
  name: 'organizations',
  noun: 'organization',
  list: 'organizations',
  id: INTEGER_ID,
  paging: {
    kind: 'incremental',
    path: 'incremental/organizations',
    cursor: null,
    prefers: 'time',
    isOrdered: true,
    filters: [],
  },
  version: UPDATED_AT,
  deleted: { key: 'deleted_at', isSet: true },
  raw: 'object',
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
  otherKeys: [],
  sideloads: [],
};
