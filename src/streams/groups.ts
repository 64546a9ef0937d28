import { UPDATED_AT, type Stream } from './stream';

/** As they come with tickets. */
export const groups: Stream = {
  name: 'groups',
  noun: 'group',
  list: 'groups',
  paging: { kind: 'sideload' },
  version: { ...UPDATED_AT, isOptional: true },
  deleted: { key: 'deleted', is: true },
  raw: 'object',
  columns: { updated_at: 'time' },
  longColumns: [],
  otherKeys: [],
  sideloads: [],
};
