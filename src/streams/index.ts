import { automations } from './automations';
import { brands } from './brands';
import { customRoles } from './customRoles';
import { customStatuses } from './customStatuses';
import { groupMemberships } from './groupMemberships';
import { groups } from './groups';
import { macros } from './macros';
import { metricSets } from './metricSets';
import { organizationFields } from './organizationFields';
import { organizationMemberships } from './organizationMemberships';
import { organizations } from './organizations';
import { satisfactionRatings } from './satisfactionRatings';
import { scheduleHolidays } from './scheduleHolidays';
import { schedules } from './schedules';
import { sharingAgreements } from './sharingAgreements';
import { slaPolicies } from './slaPolicies';
import type { IncrementalPaging, ListPaging, Stream } from './stream';
import { suspendedTickets } from './suspendedTickets';
import { tags } from './tags';
import { ticketEvents } from './ticketEvents';
import { ticketForms } from './ticketForms';
import { ticketMetricEvents } from './ticketMetricEvents';
import { tickets } from './tickets';
import { triggers } from './triggers';
import { userFields } from './userFields';
import { userIdentities } from './userIdentities';
import { users } from './users';
import { views } from './views';

/** Every kind of record, by its name. An export reads them in this order where the operator names none. */
export const STREAMS = {
  tickets,
  users,
  organizations,
  ticket_events: ticketEvents,
  ticket_metric_events: ticketMetricEvents,
  groups,
  brands,
  ticket_forms: ticketForms,
  satisfaction_ratings: satisfactionRatings,
  group_memberships: groupMemberships,
  organization_memberships: organizationMemberships,
  sla_policies: slaPolicies,
  schedules,
  schedule_holidays: scheduleHolidays,
  custom_statuses: customStatuses,
  custom_roles: customRoles,
  macros,
  tags,
  user_fields: userFields,
  organization_fields: organizationFields,
  triggers,
  automations,
  views,
  suspended_tickets: suspendedTickets,
  user_identities: userIdentities,
  metric_sets: metricSets,
  sharing_agreements: sharingAgreements,
} as const satisfies Readonly<Record<string, Stream>>;

export type StreamName = keyof typeof STREAMS;

/** All of them: each has a table. */
export const TABLE_NAMES = Object.keys(STREAMS) as readonly StreamName[];

/** Those that an export can read; the others come with them. */
export const STREAM_NAMES = TABLE_NAMES.filter((name) => STREAMS[name].paging.kind !== 'sideload');

/** How changes of a stream are read; undefined for lists. */
export function incrementalPaging(name: StreamName): IncrementalPaging | undefined {
  const { paging } = STREAMS[name];
  return paging.kind === 'incremental' ? paging : undefined;
}

/** How a list is read; undefined for streams of changes. */
export function listPaging(name: StreamName): ListPaging | undefined {
  const { paging } = STREAMS[name];
  return paging.kind === 'list' ? paging : undefined;
}

/** Whether records are known to come in the order of their versions. */
export function isOrdered(name: StreamName): boolean {
  return incrementalPaging(name)?.isOrdered === true;
}

/** The table that a sideload of a stream is written to; undefined where it has none. */
export function sideloadTable(stream: StreamName, sideload: string): StreamName | undefined {
  const found = STREAMS[stream].sideloads.find(({ name }) => name === sideload);
  return TABLE_NAMES.find((name) => name === found?.table);
}

/**
 * The name of a stream as it was stored.
 * @throws Error when this release has no such stream
 */
export function streamNamed(name: unknown): StreamName {
  const known = TABLE_NAMES.find((each) => each === name);
  if (known === undefined) throw new Error(`there is no stream ${JSON.stringify(name)}`);
  return known;
}
