import { UPDATED_AT, type Stream } from './stream';

/** As they come with tickets. */
export const ticketForms: Stream = {
  name: 'ticket_forms',
  noun: 'ticket form',
  list: 'ticket_forms',
  paging: { kind: 'sideload' },
  version: { ...UPDATED_AT, isOptional: true },
  deleted: null,
  raw: 'object',
  columns: { updated_at: 'time' },
  longColumns: [],
  otherKeys: [],
  sideloads: [],
};
