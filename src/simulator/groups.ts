import { iso } from './time';

/** One of the groups that agents and tickets belong to. They never change. */
export function groupJson(subdomain: string, id: number, since: number): string {
  return JSON.stringify({
    url: `https://${subdomain}.zendesk.com/api/v2/groups/${id}.json`,
    id,
    is_public: true,
    name: `Group ${id % 100}`,
    description: '',
    default: id % 100 === 1,
    deleted: false,
    created_at: iso(since),
    updated_at: iso(since),
  });
}
