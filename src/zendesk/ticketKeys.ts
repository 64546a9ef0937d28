/** What a column holds, whatever a store calls that type. */
export type ColumnType = 'integer' | 'number' | 'boolean' | 'text' | 'time' | 'json' | 'integers' | 'texts';

/**
 * The documented fields of a ticket that get a typed column, besides `id` and `generated_timestamp`. A value of another type
 * becomes NULL there, in a text column its JSON; the complete ticket is kept beside it. `fields` is left out: it repeats `custom_fields`.
 */
export const TICKET_COLUMNS = {
  url: 'text',
  external_id: 'text',
  created_at: 'time',
  updated_at: 'time',
  type: 'text',
  subject: 'text',
  raw_subject: 'text',
  description: 'text',
  priority: 'text',
  status: 'text',
  custom_status_id: 'integer',
  recipient: 'text',
  requester_id: 'integer',
  submitter_id: 'integer',
  assignee_id: 'integer',
  organization_id: 'integer',
  group_id: 'integer',
  brand_id: 'integer',
  problem_id: 'integer',
  ticket_form_id: 'integer',
  forum_topic_id: 'integer',
  collaborator_ids: 'integers',
  follower_ids: 'integers',
  email_cc_ids: 'integers',
  followup_ids: 'integers',
  sharing_agreement_ids: 'integers',
  has_incidents: 'boolean',
  is_public: 'boolean',
  allow_channelback: 'boolean',
  allow_attachments: 'boolean',
  from_messaging_channel: 'boolean',
  due_at: 'time',
  tags: 'texts',
  custom_fields: 'json',
  satisfaction_rating: 'json',
  satisfaction_probability: 'number',
  via: 'json',
  encoded_id: 'text',
  support_type: 'text',
} as const satisfies Record<string, ColumnType>;

const OF_SIDELOADS = ['metric_set', 'metric_events', 'comment_count', 'dates', 'slas', 'incident_count'];

/**
 * The keys of a ticket as Zendesk documents them for the export, sideloads included. Any other is kept in the raw JSON
 * like these, and reported: Zendesk adds attributes without notice.
 */
export const TICKET_KEYS: ReadonlySet<string> = new Set([
  'id',
  'generated_timestamp',
  'fields',
  ...Object.keys(TICKET_COLUMNS),
  ...OF_SIDELOADS,
]);
