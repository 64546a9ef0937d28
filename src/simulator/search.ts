import { json, type Answer } from './answer';
import { accountThrottled, badRequest, invalidSearch } from './errors';
import type { Fault } from './faults';
import { listEnvelope } from './links';
import { Quota } from './quota';
import { iso, parseIso } from './time';
import type { Account } from './account';
import type { DataSet } from './dataSet';

/** Where records can be looked up beside the export. */
export const LOOK_UPS: readonly string[] = [
  '/api/v2/search/count',
  '/api/v2/search/export',
  '/api/v2/tickets/show_many',
  '/api/v2/users/show_many',
  '/api/v2/organizations/show_many',
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

/** Records of a type, as the index and the database know them. Times are Unix seconds. */
interface Searched {
  readonly type: string;
  /** The key of their list in an answer of `show_many`. */
  readonly list: string;
  readonly set: DataSet;
  readonly createdAt: (id: number) => number;
  readonly updatedAt: (id: number) => number;
}

/** What can be found out about records without exporting them. */
export class LookUps {
  private readonly searched: readonly Searched[];
  private readonly searches: Quota;
  private readonly deletions = new Quota({ perMinute: DELETED_PER_MINUTE }, '');
  private readonly lag: number;

  constructor(
    private readonly account: Account,
    { searchesPerMinute = SEARCHES_PER_MINUTE, searchLagSeconds = 0 }: SearchOptions,
  ) {
    this.searches = new Quota({ perMinute: searchesPerMinute }, '');
    this.lag = searchLagSeconds;
    const { tickets, users, organizations } = account;
    this.searched = [
      {
        ...{ type: 'ticket', list: 'tickets', set: tickets },
        createdAt: (id) => tickets.ticket(id).createdAt,
        updatedAt: (id) => tickets.ticket(id).updatedAt,
      },
      ...[
        { type: 'user', list: 'users', set: users },
        { type: 'organization', list: 'organizations', set: organizations },
      ].map(({ set, ...names }) => ({
        ...names,
        set,
        createdAt: (id: number) => set.createdAt(id),
        updatedAt: (id: number) => set.version(id),
      })),
    ];
  }

  /** @param path one of {@link LOOK_UPS} */
  answer(path: string, request: Request): Answer {
    switch (path) {
      case '/api/v2/search/count':
        return this.count(request);
      case '/api/v2/search/export':
        return this.limited(this.searches, request, () => this.export(request));
      case '/api/v2/deleted_tickets':
        return this.limited(this.deletions, request, () => this.deleted(request));
      default: {
        const searched = this.searched.find(({ list }) => path === `/api/v2/${list}/show_many`);
        return searched === undefined
          ? badRequest('InvalidEndpoint', path)
          : this.showMany(searched, request);
      }
    }
  }

  private limited(quota: Quota, { now }: Request, answer: () => Answer): Answer {
    const { allowed, resets } = quota.take(now);
    return allowed ? answer() : accountThrottled({ 'retry-after': String(resets) });
  }

  private count({ url, now }: Request): Answer {
    const query = url.searchParams.get('query') ?? '';
    const words = query.split(' ');
    const searched = this.searched.find(({ type }) => words.includes(`type:${type}`));
    if (searched === undefined) return invalidSearch('no such type can be searched for here');
    const found = this.find(
      searched,
      words.filter((word) => word !== `type:${searched.type}`).join(' '),
      now,
    );
    return found === undefined ? invalidSearch(query) : json(200, { count: found.length });
  }

  private export(request: Request): Answer {
    const { url, now, fault } = request;
    const { searchParams: search } = url;
    const searched = this.searched.find(({ type }) => type === search.get('filter[type]'));
    if (searched === undefined) return invalidSearch('filter[type] is required');
    const found = this.find(searched, search.get('query') ?? '', now);
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
      results: ids.map((id) => ({ ...this.indexed(searched, id, now), result_type: searched.type })),
      facets: null,
      ...listEnvelope(request, {
        before: cursorOf(ids[0]),
        after: fault?.kind === 'cursorMissing' ? null : stuck,
        more: start + size < found.length,
      }),
    });
  }

  /** The ids of the records in the index that a query names, the newest first (§ search); undefined where it cannot be read. */
  private find(searched: Searched, query: string, now: number): number[] | undefined {
    const bounds = query.split(' ').map((word) => /^created(>=|<)(.+)$/.exec(word));
    let [from, to] = [-Infinity, Infinity];
    for (const bound of bounds) {
      const second = parseIso(bound?.[2] ?? '');
      if (second === undefined) return undefined;
      if (bound?.[1] === '<') to = Math.min(to, second);
      else from = Math.max(from, second);
    }
    const createdAt = (id: number): number => searched.createdAt(id);
    return [...searched.set.ids()]
      .filter((id) => this.isIndexed(searched, id, now) && createdAt(id) >= from && createdAt(id) < to)
      .sort((one, other) => createdAt(other) - createdAt(one) || other - one);
  }

  private isIndexed({ set, createdAt }: Searched, id: number, now: number): boolean {
    if (createdAt(id) > now - this.lag) return false;
    return !set.isDeleted(id) || set.version(id) > now - this.lag;
  }

  /** As the index has it: without what has happened since. */
  private indexed({ set, createdAt, updatedAt }: Searched, id: number, now: number): object {
    const known = updatedAt(id) > now - this.lag ? createdAt(id) : updatedAt(id);
    return { ...shown(set, id), updated_at: iso(known) };
  }

  /** Without those that are deleted (§ records by id). */
  private showMany({ list, set }: Searched, { url }: Request): Answer {
    const ids = (url.searchParams.get('ids') ?? '').split(',').map(Number);
    if (ids.length > MOST_SHOWN) return badRequest('TooManyValues', `ids: at most ${MOST_SHOWN}`);
    const known = ids.filter((id) => set.has(id) && !set.isDeleted(id)).map((id) => shown(set, id));
    return json(200, { [list]: known, next_page: null, previous_page: null, count: known.length });
  }

  /** Those of the last thirty days, the newest first (§ deleted_tickets). */
  private deleted({ url, now }: Request): Answer {
    const { tickets } = this.account;
    const page = Number(url.searchParams.get('page') ?? 1);
    const all = [...tickets.ids()]
      .filter((id) => tickets.fate(id) === 'deleted' && tickets.version(id) > now - 30 * 86_400)
      .sort((one, other) => tickets.version(other) - tickets.version(one));
    const link = new URL(url);
    link.searchParams.set('page', String(page + 1));
    return json(200, {
      deleted_tickets: all.slice((page - 1) * DELETED_PAGE, page * DELETED_PAGE).map((id) => ({
        id,
        subject: 'A deleted ticket',
        actor: { id: 1, name: 'An agent' },
        deleted_at: iso(tickets.version(id)),
        previous_state: 'open',
      })),
      next_page: page * DELETED_PAGE < all.length ? link.href : null,
      previous_page: null,
      count: all.length,
    });
  }
}

/** Nothing but an export says when a ticket was generated. */
function shown(set: DataSet, id: number): object {
  const record = JSON.parse(set.json(id)) as Record<string, unknown>;
  delete record.generated_timestamp;
  return record;
}

/** Where a cursor leads; undefined for one that is older than an hour, or none. */
function startIn(cursor: string, found: readonly number[], now: number): number | undefined {
  const [made = Number.NaN, id] = Buffer.from(cursor, 'base64').toString().split('|').map(Number);
  const index = found.findIndex((one) => one === id);
  return now - made > CURSOR_SECONDS || index === -1 ? undefined : index + 1;
}
