import type { Account } from './account';
import { hash, pick } from './random';
import { ticketLinks } from './tickets';
import { NAMES } from './vocabulary';

/** Where `include=metric_sets` puts its objects: sources disagree (§ sideloads). */
export type MetricSets = 'nested' | 'toplevel';

function metricSet(account: Account, id: number): object {
  const h = hash(account.style.seed, id, 20);
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

function dates(account: Account, id: number): object {
  const { createdAt, updatedAt } = account.ticket(id);
  const created = new Date(createdAt * 1000).toISOString().slice(0, 19) + 'Z';
  const updated = new Date(updatedAt * 1000).toISOString().slice(0, 19) + 'Z';
  const settled = ['solved', 'closed'].includes(account.status(id));
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
  account: Account,
  id: number,
  include: ReadonlySet<string>,
  metricSets: MetricSets,
): string {
  if (include.size === 0) return '';
  const deleted = account.fate(id) !== 'live';
  const h = hash(account.style.seed, id, 21);
  const parts: [string, unknown][] = [];
  if (include.has('metric_sets') && metricSets === 'nested')
    parts.push(['metric_set', deleted ? null : metricSet(account, id)]);
  if (include.has('comment_count')) parts.push(['comment_count', 1 + (h % 12)]);
  if (include.has('dates')) parts.push(['dates', dates(account, id)]);
  if (include.has('incident_counts')) parts.push(['incident_count', 0]);
  if (include.has('slas')) {
    const metric = { breach_at: null, stage: 'achieved', metric: 'first_reply_time', minutes: h % 300 };
    parts.push(['slas', { policy_metrics: h % 2 === 0 ? [] : [metric] }]);
  }
  return parts.map(([key, value]) => `,"${key}":${JSON.stringify(value)}`).join('');
}

function person(id: number, role: string): object {
  return {
    id,
    url: null,
    name: pick(NAMES, id),
    email: `user${id}@example.com`,
    role,
    active: true,
  };
}

function named(id: number, name: string): object {
  return { id, name: `${name} ${id % 100}`, deleted: false };
}

/** The sideloads beside `tickets`, one entry for each object this page points to, as `,"users":[…]` and so on. */
export function topLevelSideloads(
  account: Account,
  ids: readonly number[],
  include: ReadonlySet<string>,
  metricSets: MetricSets,
): string {
  if (include.size === 0) return '';
  const users = new Map<number, object>();
  const groups = new Map<number, object>();
  const organizations = new Map<number, object>();
  for (const id of ids) {
    const links = ticketLinks(account.style.seed, id);
    users.set(links.requester, person(links.requester, 'end-user'));
    if (links.assignee !== null) users.set(links.assignee, person(links.assignee, 'agent'));
    groups.set(links.group, named(links.group, 'Group'));
    if (links.organization !== null)
      organizations.set(links.organization, named(links.organization, 'Organization'));
  }
  const metrics = metricSets === 'toplevel' ? ids.filter((id) => account.fate(id) === 'live') : [];
  const lists: Record<string, () => object[]> = {
    users: () => [...users.values()],
    groups: () => [...groups.values()],
    organizations: () => [...organizations.values()],
    sharing_agreements: () => [],
    ticket_forms: () => (ids.length === 0 ? [] : [{ id: 360000401, name: 'Default form', active: true }]),
    ...(metricSets === 'toplevel' ? { metric_sets: () => metrics.map((id) => metricSet(account, id)) } : {}),
  };
  return Object.entries(lists)
    .filter(([name]) => include.has(name))
    .map(([name, list]) => `,"${name}":${JSON.stringify(list())}`)
    .join('');
}
