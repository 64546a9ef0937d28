import { SIDELOADED, type Stream } from './stream';

/** As they come with tickets. */
export const ticketForms: Stream = {
  ...SIDELOADED,
  name: 'ticket_forms',
  noun: 'ticket form',
  list: 'ticket_forms',
};
