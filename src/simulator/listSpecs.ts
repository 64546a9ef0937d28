import { FIELD_LISTS } from './fieldLists';
import type { ListSpec } from './listSpec';
import { RULE_LISTS } from './ruleLists';
import { TEAM_LISTS } from './teamLists';

/** The lists that the simulator serves. Schedules come before what belongs to them. */
export const LISTS = [
  'groups',
  'brands',
  'ticket_forms',
  'satisfaction_ratings',
  'group_memberships',
  'organization_memberships',
  'sla_policies',
  'schedules',
  'schedule_holidays',
  'custom_statuses',
  'custom_roles',
  'macros',
  'tags',
  'user_fields',
  'organization_fields',
  'triggers',
  'automations',
  'views',
  'suspended_tickets',
] as const;
export type ListName = (typeof LISTS)[number];

export const LIST_SPECS: Readonly<Record<ListName, ListSpec>> = {
  ...TEAM_LISTS,
  ...RULE_LISTS,
  ...FIELD_LISTS,
};
