import { counted, title, withRaw, type ListSpec, type Made } from './listSpec';
import { aGroup } from './population';
import { pick } from './random';

/** What business rules have, and other things that agents see by their titles. */
function titled(noun: string, made: Made): object {
  return {
    ...withRaw('title', title(noun, made)),
    active: made.h % 5 !== 0,
    default: false,
    position: made.index,
  };
}

function conditions({ h }: Made): object {
  const field = pick(['status', 'priority', 'group_id'], h);
  return {
    all: [{ field, operator: 'is', value: field === 'group_id' ? String(aGroup(h)) : 'open' }],
    any: [{ field: 'current_tags', operator: 'includes', value: 'vip très_urgent' }],
  };
}

/** A value is a text, or a list of texts. */
function actions({ h }: Made): object[] {
  return [
    { field: 'status', value: pick(['open', 'solved'], h) },
    { field: 'notification_user', value: ['requester_id', 'Grüße "🙂"', 'Line 1\nLine 2'] },
  ];
}

/** Whom it is for: everybody, or one group. */
function restriction({ h }: Made): object | null {
  return h % 2 === 0 ? null : { type: 'Group', id: aGroup(h), ids: [aGroup(h)] };
}

const BEFORE_SCHEDULES = 360_001_000;

/** The day so many days after the beginning of 2026. */
function day(number: number): string {
  return new Date(Date.UTC(2026, 0, 1 + number)).toISOString().slice(0, 10);
}

/** The lists of business rules, and of the hours that they count. */
export const RULE_LISTS = {
  macros: {
    path: 'macros',
    before: 360_000_800,
    count: 5,
    fields: (made) => ({
      ...titled('Macro', made),
      description: null,
      actions: actions(made),
      restriction: restriction(made),
    }),
  },
  triggers: {
    path: 'triggers',
    before: 360_001_300,
    count: 5,
    fields: (made) => ({
      ...titled('Trigger', made),
      description: 'Tells the requester',
      // A text, unlike every other id (§ lists).
      category_id: String(10_026 + (made.h % 3)),
      brand_id: null,
      conditions: conditions(made),
      actions: actions(made),
      restriction: restriction(made),
    }),
  },
  automations: {
    path: 'automations',
    before: 360_001_400,
    count: 5,
    fields: (made) => ({
      ...titled('Automation', made),
      conditions: conditions(made),
      actions: actions(made),
    }),
  },
  views: {
    path: 'views',
    before: 360_001_500,
    count: 5,
    fields: (made) => ({
      ...titled('View', made),
      description: null,
      conditions: conditions(made),
      execution: {
        group_by: null,
        group_order: 'desc',
        sort_by: 'status',
        sort_order: 'desc',
        columns: [{ id: 'subject', title: 'Subject' }],
      },
      restriction: restriction(made),
    }),
  },
  sla_policies: {
    path: 'slas/policies',
    beside: counted,
    before: 360_000_900,
    count: 3,
    fields: (made) => ({
      title: title('Policy', made),
      description: null,
      position: made.index + 1,
      filter: { all: [{ field: 'type', operator: 'is', value: 'incident' }], any: [] },
      policy_metrics: ['low', 'urgent'].map((priority, place) => ({
        priority,
        metric: 'first_reply_time',
        target: 480 - 420 * place,
        target_in_seconds: 28_800 - 25_200 * place,
        business_hours: place === 0,
      })),
      metric_settings: null,
    }),
  },
  schedules: {
    path: 'business_hours/schedules',
    beside: (_, url) => ({ url }),
    before: BEFORE_SCHEDULES,
    count: 3,
    lacks: ['url'],
    fields: (made) => ({
      name: title('Schedule', made),
      time_zone: pick(['Berlin', 'Pacific Time (US & Canada)'], made.index),
      intervals: [1, 2, 3, 4, 5].map((weekday) => ({
        start_time: weekday * 1440 + 540,
        end_time: weekday * 1440 + 1020,
      })),
    }),
  },
  schedule_holidays: {
    path: 'business_hours/schedules/{id}/holidays',
    key: 'holidays',
    beside: () => ({}),
    before: 360_001_600,
    count: 5,
    lacks: ['url', 'created_at', 'updated_at'],
    // Only the first two schedules have any.
    keys: (index) => ({ schedule_id: BEFORE_SCHEDULES + 1 + (index % 2) }),
    fields: (made) => ({
      name: title('Feiertag – "holiday"', made),
      start_date: day(made.index * 70 + made.changes),
      end_date: day(made.index * 70 + made.changes + (made.index % 3)),
    }),
  },
} as const satisfies Record<string, ListSpec>;
