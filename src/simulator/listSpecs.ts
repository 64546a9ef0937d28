import {
  ADMIN,
  aGroup,
  agents,
  anEndUser,
  BEFORE_GROUPS,
  BEFORE_ORGANIZATIONS,
  GROUPS,
  type Population,
} from './population';
import { pick } from './random';
import { COMPANIES } from './vocabulary';

/** The lists that the simulator serves. */
export const LISTS = [
  'groups',
  'brands',
  'ticket_forms',
  'satisfaction_ratings',
  'group_memberships',
  'organization_memberships',
  'sla_policies',
  'schedules',
  'custom_statuses',
  'custom_roles',
  'macros',
  'user_fields',
  'organization_fields',
  'triggers',
  'automations',
  'views',
] as const;
export type ListName = (typeof LISTS)[number];

/** What the fields of one record are made from. */
interface Made {
  /** From 0. */
  readonly index: number;
  readonly h: number;
  readonly changes: number;
  readonly deleted: boolean;
  readonly population: Population;
}

/** How a list is served. */
export interface ListSpec {
  /** Below `/api/v2/`. */
  readonly path: string;
  /** Whether it comes in pages, or all at once. */
  readonly isPaged: boolean;
  /** The id before the first. */
  readonly before: number;
  readonly count: number | ((population: Population) => number);
  fields(made: Made): object;
}

/** A name that shows how often its record was changed. */
function title(what: string, { index, changes }: Made): string {
  return `${what} ${index + 1}${changes > 0 ? ` (${changes})` : ''}`;
}

/** A business rule, or another thing that agents see by its title. */
function titled(name: string, noun: string, before: number): ListSpec {
  return {
    path: name,
    isPaged: true,
    before,
    count: 5,
    fields: (made) => ({
      title: title(noun, made),
      active: made.h % 5 !== 0,
      position: made.index,
      description: null,
    }),
  };
}

function customField(name: string, before: number): ListSpec {
  return {
    path: name,
    isPaged: true,
    before,
    count: 2,
    fields: (made) => ({
      key: `field_${made.index + 1}`,
      type: pick(['text', 'dropdown'], made.index),
      title: title('Field', made),
      active: true,
      position: made.index,
    }),
  };
}

export const LIST_SPECS: Readonly<Record<ListName, ListSpec>> = {
  groups: {
    path: 'groups',
    isPaged: true,
    before: BEFORE_GROUPS,
    count: GROUPS,
    fields: (made) => ({
      name: title('Group', made),
      description: '',
      default: made.index === 0,
      is_public: true,
      deleted: made.deleted,
    }),
  },
  brands: {
    path: 'brands',
    isPaged: true,
    before: 360_000_000,
    count: 2,
    fields: (made) => ({
      name: title('Brand', made),
      subdomain: `brand${made.index + 1}`,
      brand_url: `https://brand${made.index + 1}.zendesk.com`,
      active: true,
      default: made.index === 0,
      is_deleted: made.deleted,
      has_help_center: made.index === 0,
    }),
  },
  ticket_forms: {
    path: 'ticket_forms',
    isPaged: true,
    before: 360_000_400,
    count: 2,
    fields: (made) => ({
      name: title('Form', made),
      display_name: title('Form', made),
      active: true,
      default: made.index === 0,
      end_user_visible: true,
      position: made.index,
      ticket_field_ids: [],
    }),
  },
  satisfaction_ratings: {
    path: 'satisfaction_ratings',
    isPaged: true,
    before: 362_000_000_000,
    count: ({ ratings }) => ratings,
    fields: ({ index, h, changes, population }) => ({
      ticket_id: 1 + index * 10,
      requester_id: anEndUser(h, population),
      assignee_id: ADMIN,
      group_id: aGroup(h),
      score: pick(['good', 'bad', 'offered'], h + changes),
      comment: h % 3 === 0 ? 'Great help, thank you 💛' : null,
      reason: 'No reason provided',
    }),
  },
  group_memberships: {
    path: 'group_memberships',
    isPaged: true,
    before: 363_000_000_000,
    count: agents,
    fields: ({ index, h, changes, population }) => ({
      user_id: ADMIN + (index % agents(population)),
      group_id: aGroup(h + changes),
      default: true,
    }),
  },
  organization_memberships: {
    path: 'organization_memberships',
    isPaged: true,
    before: 364_000_000_000,
    count: ({ users, organizations }) => (organizations === 0 ? 0 : Math.ceil(users / 2)),
    fields: ({ h, changes, population }) => ({
      user_id: anEndUser(h >>> 4, population),
      organization_id: BEFORE_ORGANIZATIONS + 1 + ((h + changes) % Math.max(1, population.organizations)),
      default: true,
      organization_name: pick(COMPANIES, h),
    }),
  },
  sla_policies: {
    path: 'slas/policies',
    isPaged: false,
    before: 360_000_900,
    count: 3,
    fields: (made) => ({
      title: title('Policy', made),
      description: null,
      position: made.index + 1,
      filter: { all: [], any: [] },
      policy_metrics: ['low', 'urgent'].map((priority, place) => ({
        priority,
        metric: 'first_reply_time',
        target: 480 - 420 * place,
        target_in_seconds: 28_800 - 25_200 * place,
        business_hours: place === 0,
      })),
    }),
  },
  schedules: {
    path: 'business_hours/schedules',
    isPaged: false,
    before: 360_001_000,
    count: 2,
    fields: (made) => ({
      name: title('Schedule', made),
      time_zone: pick(['Berlin', 'Pacific Time (US & Canada)'], made.index),
      intervals: [1, 2, 3, 4, 5].map((day) => ({
        start_time: day * 1440 + 540,
        end_time: day * 1440 + 1020,
      })),
    }),
  },
  custom_statuses: {
    path: 'custom_statuses',
    isPaged: false,
    before: 36_000_039,
    count: 5,
    fields: (made) => ({
      status_category: pick(['new', 'open', 'pending', 'hold', 'solved'], made.index),
      agent_label: title('Status', made),
      end_user_label: title('Status', made),
      active: true,
      default: true,
    }),
  },
  custom_roles: {
    path: 'custom_roles',
    isPaged: false,
    before: 360_000_700,
    count: 3,
    fields: (made) => ({ name: title('Role', made), description: '', role_type: 0, configuration: {} }),
  },
  macros: titled('macros', 'Macro', 360_000_800),
  user_fields: customField('user_fields', 360_001_100),
  organization_fields: customField('organization_fields', 360_001_200),
  triggers: titled('triggers', 'Trigger', 360_001_300),
  automations: titled('automations', 'Automation', 360_001_400),
  views: titled('views', 'View', 360_001_500),
};
