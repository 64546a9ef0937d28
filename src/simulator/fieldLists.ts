import { title, withRaw, type ListSpec, type Made } from './listSpec';
import { pick } from './random';

const BEFORE_BRANDS = 360_000_000;
const BEFORE_FORMS = 360_000_400;

/** What some types of fields have, and others lack (§ lists). */
const OF_TYPE = {
  text: {},
  dropdown: {
    custom_field_options: ['Gold', 'Très "spécial"'].map((name, index) => ({
      id: 360_000_003_001 + index,
      ...withRaw('name', name),
      value: `plan_${index + 1}`,
    })),
  },
  checkbox: { tag: 'is_vip' },
  lookup: { relationship_target_type: 'zen:user', relationship_filter: { all: [], any: [] } },
};

function customField(path: string, before: number): ListSpec {
  return {
    path,
    before,
    count: 4,
    fields: (made) => {
      const type = pick(['text', 'dropdown', 'checkbox', 'lookup'] as const, made.index);
      return {
        key: `field_${made.index + 1}`,
        type,
        ...withRaw('title', title('Field', made)),
        ...withRaw('description', 'Größe, size'),
        position: made.index,
        active: made.h % 5 !== 0,
        system: false,
        regexp_for_validation: null,
        ...OF_TYPE[type],
      };
    },
  };
}

const CATEGORIES = ['new', 'open', 'pending', 'hold', 'solved'] as const;

/** Two differ only in case. */
const TAG_NAMES = ['vip', 'VIP', 'Triage', 'très_urgent', '緊急', 'billing'];

function tagName(index: number): string {
  const round = Math.floor(index / TAG_NAMES.length);
  return `${pick(TAG_NAMES, index)}${round > 0 ? `_${round}` : ''}`;
}

/** How often a tag was used: it rises and falls. */
function uses({ h, changes }: Made): number {
  return 1 + (((h % 997) + 31 * changes) % 997);
}

/** The lists of what tickets, users and organizations are filled with. */
export const FIELD_LISTS = {
  brands: {
    path: 'brands',
    before: BEFORE_BRANDS,
    count: 2,
    showsDeleted: ['include_deleted', 'true'],
    fields: (made) => ({
      name: title('Brand', made),
      subdomain: `brand${made.index + 1}`,
      brand_url: `https://brand${made.index + 1}.zendesk.com`,
      host_mapping: made.index === 0 ? null : `help.brand${made.index + 1}.example`,
      active: true,
      default: made.index === 0,
      is_deleted: made.deletedAt !== null,
      has_help_center: made.index === 0,
      help_center_state: made.index === 0 ? 'enabled' : 'disabled',
      logo: made.index === 0 ? null : { id: 360_000_004_001, file_name: 'logo.png', inline: false },
      signature_template: '{{agent.signature}}',
      ticket_form_ids: [BEFORE_FORMS + 1, BEFORE_FORMS + 2],
      user_separation: 'disabled',
    }),
  },
  ticket_forms: {
    path: 'ticket_forms',
    before: BEFORE_FORMS,
    count: 2,
    fields: (made) => ({
      ...withRaw('name', title('Form', made)),
      ...withRaw('display_name', title('Form', made)),
      form_type: 'standard',
      active: true,
      default: made.index === 0,
      end_user_visible: true,
      in_all_brands: made.index === 0,
      restricted_brand_ids: made.index === 0 ? [] : [BEFORE_BRANDS + 1],
      position: made.index,
      ticket_field_ids: [360_021_289_000],
      agent_conditions: [],
      end_user_conditions: [],
      deleted_at: made.deletedAt,
    }),
  },
  custom_statuses: {
    path: 'custom_statuses',
    beside: () => ({}),
    before: 36_000_039,
    count: 5,
    fields: (made) => {
      const category = pick(CATEGORIES, made.index);
      const isDefault = made.index < CATEGORIES.length;
      const label = (whose: string): object => ({
        [`${whose}_label`]: title('Status', made),
        [`raw_${whose}_label`]: isDefault ? `{{zd.${category}}}` : title('Status', made),
      });
      return {
        status_category: category,
        ...label('agent'),
        ...label('end_user'),
        ...withRaw('description', 'For agents'),
        ...withRaw('end_user_description', ''),
        active: made.h % 5 !== 0,
        default: isDefault,
      };
    },
  },
  user_fields: customField('user_fields', 360_001_100),
  organization_fields: customField('organization_fields', 360_001_200),
  tags: {
    path: 'tags',
    before: 365_000_000_000,
    count: 10,
    lacks: ['url', 'id', 'created_at', 'updated_at'],
    rank: (made) => 1_000_000 - uses(made),
    keys: (index) => ({ name: tagName(index) }),
    fields: (made) => ({ name: tagName(made.index), count: uses(made) }),
  },
} as const satisfies Record<string, ListSpec>;
