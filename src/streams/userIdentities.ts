import { INTEGER_ID, UPDATED_AT, type Stream } from './stream';

/** Addresses and numbers of users, as they come with the users. */
export const userIdentities: Stream = {
  name: 'user_identities',
  noun: 'user identity',
  list: 'identities',
  id: INTEGER_ID,
  paging: { kind: 'sideload' },
  version: { ...UPDATED_AT, isOptional: true },
  deleted: null,
  raw: 'object',
  columns: {
    url: 'text',
    user_id: 'integer',
    type: 'text',
    value: 'text',
    primary: 'boolean',
    verified: 'boolean',
    deliverable_state: 'text',
    undeliverable_count: 'integer',
    created_at: 'time',
    updated_at: 'time',
  },
  longColumns: [],
  otherKeys: ['skip_verify_email', 'verification_method'],
  sideloads: [],
};
