import { STREAMS, type StreamName } from '../../streams';
import { sqlName } from '../table';
import { cell, type Cell, type CellType, type View, type Words } from './view';

type Columns = Readonly<Record<string, Cell>>;

/** Columns that a stream's table has under the same name. */
function kept(stream: StreamName, ...names: readonly string[]): Columns {
  const { columns }: { readonly columns: Readonly<Record<string, string>> } = STREAMS[stream];
  return Object.fromEntries(
    names.map((name) => [name, cell((columns[name] ?? 'integer') as CellType, sqlName(name))]),
  );
}

/** Where a stream's records may be deleted. */
const DELETED: Columns = { _fivetran_deleted: cell('boolean', 'deleted') };

/** A row for each of an array's texts. */
function each(name: string, stream: StreamName, array: string, key: string, text: string): View {
  return {
    name,
    base: stream,
    stream,
    from: `%s AS source, unnest(${array}) AS item (element)`,
    columns: { [key]: cell('integer', 'id'), [text]: cell('text', 'element') },
  };
}

/**
 * The tables that the Fivetran connector for Zendesk makes, with the columns that dbt_zendesk reads and a few that cost nothing. In
 * `from`, `%s` is the base.
 */
export function viewsIn({ whole, placesOf }: Words): readonly View[] {
  const source = (end: string): string => `via->'source'->${end}`;
  const element = (list: string, key: string): string => `(${list}->place->>'${key}')`;
  const child = (key: string): string => element('child_events', key);
  return [
    {
      name: 'ticket',
      base: 'tickets',
      stream: 'tickets',
      columns: {
        ...kept('tickets', 'id', 'url', 'external_id', 'created_at', 'updated_at', 'type', 'subject'),
        ...kept('tickets', 'description', 'priority', 'status', 'recipient', 'requester_id', 'submitter_id'),
        ...kept('tickets', 'assignee_id', 'organization_id', 'group_id', 'brand_id', 'problem_id'),
        ...kept('tickets', 'ticket_form_id', 'forum_topic_id', 'has_incidents', 'is_public'),
        ...kept('tickets', 'allow_channelback', 'due_at'),
        via_channel: cell('text', `(via->>'channel')`),
        via_source_from_id: cell('integer', whole(`(${source("'from'->>'id'")})`, 'integer')),
        via_source_from_title: cell('text', `(${source("'from'->>'title'")})`),
        via_source_from_address: cell('text', `(${source("'from'->>'address'")})`),
        via_source_rel: cell('text', `(via->'source'->>'rel')`),
        via_source_to_address: cell('text', `(${source("'to'->>'address'")})`),
        via_source_to_name: cell('text', `(${source("'to'->>'name'")})`),
        ...DELETED,
      },
    },
    each('ticket_tag', 'tickets', 'tags', 'ticket_id', 'tag'),
    {
      name: 'ticket_comment',
      base: 'ticket_comments',
      stream: 'ticket_events',
      columns: {
        id: cell('integer', 'id'),
        ticket_id: cell('integer', 'ticket_id'),
        user_id: cell('integer', 'author_id'),
        body: cell('text', 'body'),
        created: cell('time', 'created_at'),
        public: cell('boolean', '"public"'),
        facebook_comment: cell('boolean', `(coalesce("type", '') = 'FacebookComment')`),
        tweet: cell('boolean', `(coalesce("type", '') = 'Tweet')`),
        voice_comment: cell('boolean', `(coalesce("type", '') = 'VoiceComment')`),
        _fivetran_deleted: cell('boolean', 'false'),
      },
    },
    {
      name: 'ticket_field_history',
      base: 'ticket_field_history',
      stream: 'ticket_events',
      // One row for each moment: the last that happened in it.
      from: `(
  SELECT *, row_number() OVER (PARTITION BY subdomain, ticket_id, field_name, updated ORDER BY event_id DESC) AS place
  FROM %s
) AS source`,
      where: 'place = 1',
      columns: {
        ticket_id: cell('integer', 'ticket_id'),
        field_name: cell('text', 'field_name'),
        updated: cell('time', 'updated'),
        value: cell('text', '"value"'),
        user_id: cell('integer', 'user_id'),
      },
    },
    {
      name: 'user',
      base: 'users',
      stream: 'users',
      columns: {
        ...kept(
          'users',
          'id',
          'url',
          'name',
          'email',
          'role',
          'active',
          'verified',
          'suspended',
          'created_at',
        ),
        ...kept('users', 'updated_at', 'last_login_at', 'organization_id', 'external_id', 'phone', 'alias'),
        ...kept('users', 'time_zone', 'locale', 'locale_id', 'details', 'notes', 'signature', 'moderator'),
        ...kept('users', 'shared', 'shared_agent', 'restricted_agent', 'only_private_comments'),
        ...kept('users', 'ticket_restriction', 'two_factor_auth_enabled'),
        ...DELETED,
      },
    },
    each('user_tag', 'users', 'tags', 'user_id', 'tag'),
    {
      name: 'group',
      base: 'groups',
      stream: 'groups',
      columns: { ...kept('groups', 'id', 'url', 'name', 'created_at', 'updated_at'), ...DELETED },
    },
    {
      name: 'organization',
      base: 'organizations',
      stream: 'organizations',
      columns: {
        ...kept('organizations', 'id', 'url', 'name', 'external_id', 'group_id', 'created_at', 'updated_at'),
        ...kept('organizations', 'details', 'notes', 'shared_tickets', 'shared_comments'),
        ...DELETED,
      },
    },
    each('organization_tag', 'organizations', 'tags', 'organization_id', 'tag'),
    {
      name: 'domain_name',
      base: 'organizations',
      stream: 'organizations',
      from: '(SELECT *, generate_subscripts(domain_names, 1) AS place FROM %s) AS source',
      columns: {
        organization_id: cell('integer', 'id'),
        domain_name: cell('text', 'domain_names[place]'),
        index: cell('count', 'CAST(place - 1 AS integer)'),
      },
    },
    {
      name: 'brand',
      base: 'brands',
      stream: 'brands',
      columns: {
        ...kept('brands', 'id', 'url', 'name', 'brand_url', 'active', 'default', 'has_help_center'),
        ...kept('brands', 'help_center_state'),
        subdomain: cell('text', `(object->>'subdomain')`),
        ...DELETED,
      },
    },
    {
      name: 'ticket_form_history',
      base: 'ticket_forms',
      stream: 'ticket_forms',
      columns: {
        ...kept('ticket_forms', 'id', 'name', 'display_name', 'active', 'end_user_visible'),
        ...kept('ticket_forms', 'created_at', 'updated_at'),
        ...DELETED,
      },
    },
    {
      name: 'ticket_custom_field',
      base: 'ticket_fields',
      stream: 'tickets',
      columns: {
        id: cell('integer', 'id'),
        title: cell('text', 'title'),
        raw_title: cell('text', 'title'),
        // Ticket fields have none; user fields do.
        key: cell('text', 'CAST(NULL AS text)'),
        type: cell('text', '"type"'),
        active: cell('boolean', 'active'),
        _fivetran_deleted: cell('boolean', 'false'),
      },
    },
    {
      name: 'schedule',
      base: 'schedules',
      stream: 'schedules',
      from: `%s AS source, ${placesOf('intervals')}`,
      columns: {
        ...kept('schedules', 'id', 'name', 'time_zone', 'created_at'),
        start_time: cell('count', whole(element('intervals', 'start_time'), 'count')),
        end_time: cell('count', whole(element('intervals', 'end_time'), 'count')),
        ...DELETED,
      },
    },
    {
      name: 'schedule_holiday',
      base: 'schedule_holidays',
      stream: 'schedule_holidays',
      // The package counts deleted ones, too.
      where: 'NOT deleted',
      columns: {
        ...kept('schedule_holidays', 'id', 'schedule_id', 'name', 'start_date', 'end_date'),
        ...DELETED,
      },
    },
    {
      name: 'ticket_schedule',
      base: 'ticket_events',
      stream: 'ticket_events',
      from: `(
  SELECT * FROM %s WHERE CAST(child_events AS text) LIKE '%ScheduleAssignment%'
) AS source, ${placesOf('child_events')}`,
      where: `coalesce(${child('event_type')}, ${child('type')}) = 'ScheduleAssignment' AND ${child('new_schedule_id')} IS NOT NULL`,
      columns: {
        ticket_id: cell('integer', 'ticket_id'),
        schedule_id: cell('integer', whole(child('new_schedule_id'), 'integer')),
        created_at: cell('time', 'created_at'),
      },
    },
    {
      // Of each policy there is the newest version alone.
      name: 'sla_policy_metric_history',
      base: 'sla_policies',
      stream: 'sla_policies',
      from: `%s AS source, ${placesOf('policy_metrics')}`,
      columns: {
        sla_policy_id: cell('integer', 'id'),
        index: cell('count', 'CAST(place AS integer)'),
        sla_policy_updated_at: cell('time', 'coalesce(updated_at, created_at)'),
        metric: cell('text', element('policy_metrics', 'metric')),
        priority: cell('text', element('policy_metrics', 'priority')),
        target: cell('count', whole(element('policy_metrics', 'target'), 'count')),
        business_hours: cell('boolean', `(${element('policy_metrics', 'business_hours')} = 'true')`),
      },
    },
    {
      // One policy is applied to several metrics at once, and rows that are equal would double what joins them.
      name: 'ticket_sla_policy',
      base: 'ticket_metric_events',
      stream: 'ticket_metric_events',
      isDistinct: true,
      where: `NOT deleted AND "type" = 'apply_sla' AND (sla->'policy'->>'id') IS NOT NULL`,
      columns: {
        ticket_id: cell('integer', 'ticket_id'),
        sla_policy_id: cell('integer', whole(`(sla->'policy'->>'id')`, 'integer')),
        policy_applied_at: cell('time', `date_trunc('second', "time")`),
      },
    },
  ];
}

/** A table beside the views, of values that are the same for every account. */
export interface ValueTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, CellType>>;
  readonly rows: readonly (readonly (string | number)[])[];
}
