import type { ListName } from '../../src/simulator';

const TIMES = 'created_at updated_at';
const RULE = `id url title raw_title active default position ${TIMES}`;
const FIELD =
  'id url key type title raw_title description raw_description position active system regexp_for_validation tag ' +
  `custom_field_options relationship_target_type relationship_filter ${TIMES}`;

/** The keys that records of each list have by the documentation, or by recordings. Some are of some records only. */
export const LIST_KEYS: Readonly<Record<ListName, string>> = {
  groups: `id url name description default is_public deleted ${TIMES}`,
  brands:
    'id url name subdomain brand_url host_mapping active default is_deleted has_help_center help_center_state logo ' +
    `signature_template ticket_form_ids user_separation ${TIMES}`,
  ticket_forms:
    'id url name raw_name display_name raw_display_name form_type active default end_user_visible in_all_brands ' +
    `restricted_brand_ids position ticket_field_ids agent_conditions end_user_conditions deleted_at ${TIMES}`,
  satisfaction_ratings:
    'id url ticket_id requester_id assignee_id group_id score comment reason reason_code reason_id ' + TIMES,
  group_memberships: `id url user_id group_id default ${TIMES}`,
  organization_memberships: `id url user_id organization_id organization_name default view_tickets ${TIMES}`,
  sla_policies: `id url title description position filter policy_metrics metric_settings ${TIMES}`,
  schedules: `id name time_zone intervals ${TIMES}`,
  schedule_holidays: 'id name start_date end_date',
  custom_statuses:
    'id url status_category agent_label raw_agent_label end_user_label raw_end_user_label description ' +
    `raw_description end_user_description raw_end_user_description active default ${TIMES}`,
  custom_roles: `id name description role_type configuration team_member_count ${TIMES}`,
  macros: `${RULE} description actions restriction`,
  tags: 'name count',
  user_fields: FIELD,
  organization_fields: FIELD,
  triggers: `${RULE} description category_id brand_id conditions actions restriction`,
  automations: `${RULE} conditions actions`,
  views: `${RULE} description conditions execution restriction`,
  suspended_tickets:
    'id url subject content cause cause_id author recipient ticket_id brand_id via attachments error_messages ' +
    `message_id ${TIMES}`,
};
