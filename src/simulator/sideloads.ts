import { besideJson, distinct } from './beside';
import type { Fate } from './history';
import { hash } from './random';
import { TICKET_FORM, ticketLinks, type TicketStyle, type TicketVersion } from './tickets';
import { iso } from './time';

/** What sideloads need to know of tickets. */
interface Tickets {
  readonly style: TicketStyle;
  ticket(id: number): TicketVersion;
  fate(id: number): Fate;
  status(id: number): string;
}

/** Where `include=metric_sets` puts its objects: sources disagree (§ sideloads). */
export type MetricSets = 'nested' | 'toplevel';

function metricSet(tickets: Tickets, id: number): object {
  const h = hash(tickets.style.seed, id, 20);
  const minutes = { calendar: h % 5000, business: h % 1500 };
  return {
    id: 380_000_000_000 + id,
    ticket_id: id,
    group_stations: 1 + (h % 3),
    assignee_stations: 1 + (h % 2),
    reopens: h % 4 === 0 ? 1 : 0,
    replies: h % 9,
    reply_time_in_minutes: minutes,
    first_resolution_time_in_minutes: h % 3 === 0 ? { calendar: null, business: null } : minutes,
    full_resolution_time_in_minutes: minutes,
    requester_wait_time_in_minutes: minutes,
    agent_wait_time_in_minutes: minutes,
    on_hold_time_in_minutes: { calendar: 0, business: 0 },
  };
}

function dates(tickets: Tickets, id: number): object {
  const { createdAt, updatedAt } = tickets.ticket(id);
  const [created, updated] = [iso(createdAt), iso(updatedAt)];
  const settled = ['solved', 'closed'].includes(tickets.status(id));
  return {
    assignee_updated_at: null,
    requester_updated_at: created,
    status_updated_at: updated,
    initially_assigned_at: created,
    assigned_at: created,
    solved_at: settled ? updated : null,
    latest_comment_added_at: updated,
  };
}

/** The sideloads that lie inside a ticket, as JSON to be put before its closing brace. */
export function nestedSideloads(
  tickets: Tickets,
  id: number,
  include: ReadonlySet<string>,
  metricSets: MetricSets,
): string {
  if (include.size === 0) return '';
  const deleted = tickets.fate(id) !== 'live';
  const h = hash(tickets.style.seed, id, 21);
  const parts: [string, unknown][] = [];
  if (include.has('metric_sets') && metricSets === 'nested')
    parts.push(['metric_set', deleted ? null : metricSet(tickets, id)]);
  if (include.has('comment_count')) parts.push(['comment_count', 1 + (h % 12)]);
  if (include.has('dates')) parts.push(['dates', dates(tickets, id)]);
  if (include.has('incident_counts')) parts.push(['incident_count', 0]);
  if (include.has('slas')) {
    const metric = { breach_at: null, stage: 'achieved', metric: 'first_reply_time', minutes: h % 300 };
    parts.push(['slas', { policy_metrics: h % 2 === 0 ? [] : [metric] }]);
  }
  return parts.map(([key, value]) => `,"${key}":${JSON.stringify(value)}`).join('');
}

/** What makes the JSON of a record by its id. */
interface Source {
  json(id: number): string;
}

/** What sideloads beside tickets are taken from. */
export interface SideloadSources {
  readonly tickets: Tickets;
  readonly users: Source;
  readonly organizations: Source;
  readonly groups: Source;
  readonly ticketForms: Source;
}

/** The sideloads beside `tickets`, one entry for each object this page points to. */
export function topLevelSideloads(
  { tickets, users, organizations, groups, ticketForms }: SideloadSources,
  ids: readonly number[],
  include: ReadonlySet<string>,
  metricSets: MetricSets,
): string {
  const links = include.size === 0 ? [] : ids.map((id) => ticketLinks(tickets.style, id));
  return besideJson(include, {
    users: () => distinct(links.flatMap((one) => [one.requester, one.assignee])).map((id) => users.json(id)),
    groups: () => distinct(links.map(({ group }) => group)).map((id) => groups.json(id)),
    organizations: () =>
      distinct(links.map(({ organization }) => organization)).map((id) => organizations.json(id)),
    sharing_agreements: () => [],
    ticket_forms: () => (ids.length === 0 ? [] : [ticketForms.json(TICKET_FORM)]),
    ...(metricSets === 'toplevel'
      ? {
          metric_sets: () =>
            ids
              .filter((id) => tickets.fate(id) === 'live')
              .map((id) => JSON.stringify(metricSet(tickets, id))),
        }
      : {}),
  });
}
