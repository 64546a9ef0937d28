import { json, type Answer } from './answer';
import { accountThrottled, badRequest, invalidSearch } from './errors';
import type { Fault } from './faults';
import { listEnvelope } from './links';
import { Quota } from './quota';
import { iso, parseIso } from './time';
import type { TicketSet } from './ticketSet';

/** Where tickets can be looked up beside the export. */
export const LOOK_UPS: readonly string[] = [
  '/api/v2/search/count',
  '/api/v2/search/export',
  '/api/v2/tickets/show_many',
  '/api/v2/deleted_tickets',
];

export interface SearchOptions {
  /** Pages of search results that may be asked for in a minute. Default 100. */
  readonly searchesPerMinute?: number | undefined;
  /** How far the index is behind: what is younger is not in it, or as it was before. Default 0. */
  readonly searchLagSeconds?: number | undefined;
}

const SEARCHES_PER_MINUTE = 100;
const DELETED_PER_MINUTE = 10;
const MOST_FOUND = 1000;
const MOST_SHOWN = 100;
const CURSOR_SECONDS = 3600;
const DELETED_PAGE = 100;

interface Request {
  readonly url: URL;
  /** Unix seconds. */
  readonly now: number;
  readonly fault: Fault | undefined;
}

/** What can be found out about tickets without exporting them. */
export class TicketLookUps {
  private readonly searches: Quota;
  private readonly deletions = new Quota({ perMinute: DELETED_PER_MINUTE }, '');
  private readonly lag: number;

  constructor(
    private readonly tickets: TicketSet,
    { searchesPerMinute = SEARCHES_PER_MINUTE, searchLagSeconds = 0 }: SearchOptions,
  ) {
    this.searches = new Quota({ perMinute: searchesPerMinute }, '');
    this.lag = searchLagSeconds;
  }

  /** @param path one of {@link LOOK_UPS} */
  answer(path: string, request: Request): Answer {
    switch (path) {
      case '/api/v2/search/count':
        return this.count(request);
      case '/api/v2/search/export':
        return this.limited(this.searches, request, () => this.export(request));
      case '/api/v2/tickets/show_many':
        return this.showMany(request);
      default:
        return this.limited(this.deletions, request, () => this.deleted(request));
    }
  }

  private limited(quota: Quota, { now }: Request, answer: () => Answer): Answer {
    const { allowed, resets } = quota.take(now);
    return allowed ? answer() : accountThrottled({ 'retry-after': String(resets) });
  }

  private count({ url, now }: Request): Answer {
    const query = url.searchParams.get('query') ?? '';
    const words = query.split(' ');
    if (!words.includes('type:ticket')) return invalidSearch('only tickets can be searched for here');
    const found = this.find(words.filter((word) => word !== 'type:ticket').join(' '), now);
    return found === undefined ? invalidSearch(query) : json(200, { count: found.length });
  }

  private export(request: Request): Answer {
    const { url, now, fault } = request;
    const { searchParams: search } = url;
    if (search.get('filter[type]') !== 'ticket') return invalidSearch('filter[type] is required');
    const found = this.find(search.get('query') ?? '', now);
    // "type:" is the filter's business.
    if (found === undefined) return invalidSearch(search.get('query') ?? '');
    const size = Number(search.get('page[size]') ?? 100);
    if (!Number.isInteger(size) || size < 1 || size > MOST_FOUND)
      return badRequest('InvalidPaginationParameter', `page[size] must be from 1 to ${MOST_FOUND}`);
    const sent = search.get('page[after]');
    const start = sent === null ? 0 : startIn(sent, found, now);
    if (start === undefined) return invalidSearch('cursor has expired');
    const ids = found.slice(start, start + size);
    const cursorOf = (id: number | undefined): string | null =>
      id === undefined ? null : Buffer.from(`${Math.floor(now)}|${id}`).toString('base64');
    const stuck = fault?.kind === 'cursorStuck' ? sent : cursorOf(ids.at(-1));
    return json(200, {
      results: ids.map((id) => ({ ...this.indexed(id, now), result_type: 'ticket' })),
      facets: null,
      ...listEnvelope(request, {
        before: cursorOf(ids[0]),
        after: fault?.kind === 'cursorMissing' ? null : stuck,
        more: start + size < found.length,
      }),
    });
  }

  /** The ids of the tickets in the index that a query names, the newest first (§ search); undefined where it cannot be read. */
  private find(query: string, now: number): number[] | undefined {
    const bounds = query.split(' ').map((word) => /^created(>=|<)(.+)$/.exec(word));
    let [from, to] = [-Infinity, Infinity];
    for (const bound of bounds) {
      const second = parseIso(bound?.[2] ?? '');
      if (second === undefined) return undefined;
      if (bound?.[1] === '<') to = Math.min(to, second);
      else from = Math.max(from, second);
    }
    const createdAt = (id: number): number => this.tickets.ticket(id).createdAt;
    return [...this.tickets.ids()]
      .filter((id) => this.isIndexed(id, now) && createdAt(id) >= from && createdAt(id) < to)
      .sort((one, other) => createdAt(other) - createdAt(one) || other - one);
  }

  private isIndexed(id: number, now: number): boolean {
    const { createdAt, generatedTimestamp } = this.tickets.ticket(id);
    if (createdAt > now - this.lag) return false;
    return !this.tickets.isDeleted(id) || generatedTimestamp > now - this.lag;
  }

  /** As the index has it: without what has happened since. */
  private indexed(id: number, now: number): object {
    const { createdAt, updatedAt } = this.tickets.ticket(id);
    const known = updatedAt > now - this.lag ? createdAt : updatedAt;
    return { ...this.shown(id), updated_at: iso(known) };
  }

  private shown(id: number): object {
    const ticket = JSON.parse(this.tickets.json(id)) as Record<string, unknown>;
    delete ticket.generated_timestamp;
    return ticket;
  }

  /** Without those that are deleted (§ tickets by id). */
  private showMany({ url }: Request): Answer {
    const ids = (url.searchParams.get('ids') ?? '').split(',').map(Number);
    if (ids.length > MOST_SHOWN) return badRequest('TooManyValues', `ids: at most ${MOST_SHOWN}`);
    const known = ids.filter((id) => id >= 1 && id <= this.tickets.size && !this.tickets.isDeleted(id));
    const tickets = known.map((id) => this.shown(id));
    return json(200, { tickets, next_page: null, previous_page: null, count: tickets.length });
  }

  /** Those of the last thirty days, the newest first (§ deleted_tickets). */
  private deleted({ url, now }: Request): Answer {
    const page = Number(url.searchParams.get('page') ?? 1);
    const all = [...this.tickets.ids()]
      .filter((id) => this.tickets.fate(id) === 'deleted' && this.tickets.version(id) > now - 30 * 86_400)
      .sort((one, other) => this.tickets.version(other) - this.tickets.version(one));
    const link = new URL(url);
    link.searchParams.set('page', String(page + 1));
    return json(200, {
      deleted_tickets: all.slice((page - 1) * DELETED_PAGE, page * DELETED_PAGE).map((id) => ({
        id,
        subject: 'A deleted ticket',
        actor: { id: 1, name: 'An agent' },
        deleted_at: iso(this.tickets.version(id)),
        previous_state: 'open',
      })),
      next_page: page * DELETED_PAGE < all.length ? link.href : null,
      previous_page: null,
      count: all.length,
    });
  }
}

/** Where a cursor leads; undefined for one that is older than an hour, or none. */
function startIn(cursor: string, found: readonly number[], now: number): number | undefined {
  const [made = Number.NaN, id] = Buffer.from(cursor, 'base64').toString().split('|').map(Number);
  const index = found.findIndex((one) => one === id);
  return now - made > CURSOR_SECONDS || index === -1 ? undefined : index + 1;
}
