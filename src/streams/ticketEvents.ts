import { COMMON, type Stream } from './stream';

/** What happened to tickets, comments included. An event never changes. There is no cursor twin. */
export const ticketEvents: Stream = {
  ...COMMON,
  name: 'ticket_events',
  noun: 'ticket event',
  list: 'ticket_events',
  paging: {
    kind: 'incremental',
    path: 'incremental/ticket_events',
    cursor: null,
    prefers: 'time',
    isOrdered: true,
    filters: ['supportTypeScope'],
  },
  version: { key: 'timestamp', form: 'seconds', column: 'version', isOptional: false },
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
  sideloads: [{ name: 'comment_events', table: null, nestedIn: 'child_events' }],
};

/** Keys of a child event that are no fields of its ticket; `type` is one where it is no kind of event. */
export const NOT_FIELDS: readonly string[] = [
  'id',
  'audit_id',
  'author_id',
  'ticket_id',
  'event_type',
  'via',
  'via_reference_id',
  'created_at',
  'updated_at',
  'timestamp',
  'metadata',
  'system',
  'comment_present',
  'comment_public',
  'attachments',
  'field_name',
  'value',
  'previous_value',
  'custom_ticket_fields',
];
