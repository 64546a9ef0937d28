import { counted, title, type ListSpec } from './listSpec';
import {
  ADMIN,
  aGroup,
  agents,
  anAgent,
  anEndUser,
  BEFORE_GROUPS,
  BEFORE_ORGANIZATIONS,
  GROUPS,
  organizationOf,
} from './population';
import { pick } from './random';
import { COMPANIES, NAMES } from './vocabulary';

/** Why a message was suspended, by the id of the cause. */
const CAUSES = ['Detected as spam', 'Sender domain not on allowlist', 'Submitted by unverified user'];

/** The lists of who belongs to what and may do what, of what customers think of it, and of messages held back. */
export const TEAM_LISTS = {
  groups: {
    path: 'groups',
    before: BEFORE_GROUPS,
    count: GROUPS,
    showsDeleted: ['exclude_deleted', 'false'],
    fields: (made) => ({
      name: title('Group', made),
      description: '',
      default: made.index === 0,
      is_public: true,
      deleted: made.deletedAt !== null,
    }),
  },
  group_memberships: {
    path: 'group_memberships',
    before: 363_000_000_000,
    count: agents,
    fields: ({ index, h, changes, population }) => ({
      user_id: anAgent(index, population),
      group_id: aGroup(h + changes),
      default: index < agents(population),
    }),
  },
  custom_roles: {
    path: 'custom_roles',
    beside: counted,
    before: 360_000_700,
    count: 3,
    lacks: ['url'],
    fields: ({ index, h, changes }) => ({
      name: `Role ${index + 1}`,
      description: '',
      role_type: 0,
      configuration: {
        chat_access: h % 2 === 0,
        ticket_access: pick(['all', 'within-groups', 'assigned-only'], h),
        ticket_editing: true,
        assign_tickets_to_any_brand: true,
        custom_objects: {},
      },
      // People join and leave.
      team_member_count: 1 + ((h + changes) % 20),
    }),
  },
  organization_memberships: {
    path: 'organization_memberships',
    before: 364_000_000_000,
    count: ({ users, organizations }) => (organizations === 0 ? 0 : Math.ceil(users / 2)),
    fields: ({ index, h, changes, seed, population }) => {
      const user = anEndUser(index, population);
      const own = organizationOf(seed, user, population);
      return {
        user_id: user,
        organization_id: own ?? BEFORE_ORGANIZATIONS + 1 + (h % Math.max(1, population.organizations)),
        // A copy: organizations are renamed.
        organization_name: `${pick(COMPANIES, h)}${changes > 0 ? ` (${changes})` : ''}`,
        // Never false (§ lists).
        default: own === null ? null : true,
        view_tickets: h % 3 === 0,
      };
    },
  },
  satisfaction_ratings: {
    path: 'satisfaction_ratings',
    before: 362_000_000_000,
    count: ({ ratings }) => ratings,
    fields: ({ index, h, changes, population }) => ({
      ticket_id: 1 + 10 * (index % Math.max(1, population.ratings)),
      requester_id: anEndUser(h, population),
      assignee_id: ADMIN,
      group_id: aGroup(h),
      score: pick(['good', 'bad', 'offered'], h + changes),
      comment: h % 3 === 0 ? 'Great help, thank you 💛' : null,
      reason: 'No reason provided',
      reason_code: 0,
      reason_id: h % 2 === 0 ? null : 360_000_002_000,
    }),
  },
  suspended_tickets: {
    path: 'suspended_tickets',
    before: 366_000_000_000,
    count: 5,
    fields: (made) => {
      const { index, h, population } = made;
      const name = pick(NAMES, h);
      const address = `sender${h % 9973}@example.com`;
      const recipient = 'support@demo.example';
      return {
        subject: title('Re: "Größe" 🎁', made),
        content: 'Out of office\n\nI am back on Monday – 月曜日 <b>',
        cause: pick(CAUSES, h),
        cause_id: h % CAUSES.length,
        // Some senders are no users.
        author: { id: h % 2 === 0 ? null : anEndUser(h, population), name, email: address },
        recipient,
        // Some answer to a ticket.
        ticket_id: h % 3 === 0 ? 1 + (h % 10) : null,
        brand_id: h % 2 === 0 ? null : 360_000_001,
        via: {
          channel: 'email',
          source: { from: { address, name }, to: { address: recipient, name: 'Demo support' }, rel: null },
        },
        attachments: h % 4 === 0 ? [{ id: 360_000_005_001, file_name: 'image.png', size: 1024 }] : [],
        error_messages: null,
        message_id: `<${index + 1}.${h}@example.com>`,
      };
    },
  },
} as const satisfies Record<string, ListSpec>;
