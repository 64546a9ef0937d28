import { SIDELOADED, type Stream } from './stream';

/** As they come with tickets. */
export const groups: Stream = {
  ...SIDELOADED,
  name: 'groups',
  noun: 'group',
  list: 'groups',
  deleted: { key: 'deleted', is: true },
};
