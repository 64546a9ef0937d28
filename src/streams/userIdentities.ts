import { SIDELOADED, type Stream } from './stream';

/** Addresses and numbers of users, as they come with the users. */
export const userIdentities: Stream = {
  ...SIDELOADED,
  name: 'user_identities',
  noun: 'user identity',
  list: 'identities',
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
  otherKeys: ['skip_verify_email', 'verification_method'],
};
