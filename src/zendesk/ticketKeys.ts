/**
 * The keys of a ticket as Zendesk documents them for the export, sideloads included. Any other is kept in the raw JSON
 * like these, and reported: Zendesk adds attributes without notice.
 */
export const TICKET_KEYS: ReadonlySet<string> = new Set([
  'id',
  'generated_timestamp',
  'url',
  'external_id',
  'created_at',
  'updated_at',
  'type',
  'subject',
  'raw_subject',
  'description',
  'priority',
  'status',
  'custom_status_id',
  'recipient',
  'requester_id',
  'submitter_id',
  'assignee_id',
  'organization_id',
  'group_id',
  'brand_id',
  'problem_id',
  'ticket_form_id',
  'forum_topic_id',
  'collaborator_ids',
  'follower_ids',
  'email_cc_ids',
  'followup_ids',
  'sharing_agreement_ids',
  'has_incidents',
  'is_public',
  'allow_channelback',
  'allow_attachments',
  'from_messaging_channel',
  'due_at',
  'tags',
  'custom_fields',
  'fields',
  'satisfaction_rating',
  'satisfaction_probability',
  'via',
  'encoded_id',
  'support_type',
  // Of sideloads.
  'metric_set',
  'metric_events',
  'comment_count',
  'dates',
  'slas',
  'incident_count',
]);

/** The keys of a parsed record that are not among them; undefined when there are none, as for almost every record. */
export function unknownKeysOf(record: unknown): readonly string[] | undefined {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return undefined;
  let unknown: string[] | undefined;
  for (const key in record) if (!TICKET_KEYS.has(key)) (unknown ??= []).push(key);
  return unknown;
}
