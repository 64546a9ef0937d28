import { SIDELOADED, type Stream } from './stream';

/** As they come with tickets. */
export const sharingAgreements: Stream = {
  ...SIDELOADED,
  name: 'sharing_agreements',
  noun: 'sharing agreement',
  list: 'sharing_agreements',
};
