import { INTEGER_ID, type Stream } from './stream';

/** What happened to tickets, comments included. An event never changes. There is no cursor twin. */
export const ticketEvents: Stream = {
  name: 'ticket_events',
  noun: 'ticket event',
  list: 'ticket_events',
  id: INTEGER_ID,
  paging: {
    kind: 'incremental',
    path: 'incremental/ticket_events',
    cursor: null,
    prefers: 'time',
    isOrdered: true,
    filters: ['supportTypeScope'],
  },
  version: { key: 'timestamp', form: 'seconds', column: 'version', isOptional: false },
  deleted: null,
  raw: 'object',
  columns: {
    ticket_id: 'integer',
    event_type: 'text',
    created_at: 'time',
    updated_at: 'time',
    updater_id: 'integer',
    via: 'json',
    via_reference_id: 'integer',
    system: 'json',
    metadata: 'json',
    merged_ticket_ids: 'integers',
    child_events: 'json',
  },
  longColumns: ['child_events'],
  lookedUpBy: 'ticket_id',
  otherKeys: [],
  sideloads: [{ name: 'comment_events', table: null, nestedIn: 'child_events' }],
};
