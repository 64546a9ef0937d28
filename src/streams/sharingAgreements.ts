import { UPDATED_AT, type Stream } from './stream';

/** As they come with tickets. */
export const sharingAgreements: Stream = {
  name: 'sharing_agreements',
  noun: 'sharing agreement',
  list: 'sharing_agreements',
  paging: { kind: 'sideload' },
  version: { ...UPDATED_AT, isOptional: true },
  deleted: null,
  raw: 'object',
  columns: { updated_at: 'time' },
  longColumns: [],
  otherKeys: [],
  sideloads: [],
};
