import { STREAMS } from '../streams';
import { DataSet, NOTHING, type Filters } from './dataSet';
import { makeHistory, type Fate, type History, type Span } from './history';
import type { TicketShape } from './shapes';
import { nestedSideloads, topLevelSideloads, type MetricSets, type SideloadSources } from './sideloads';
import {
  supportType,
  ticketJson,
  ticketStatus,
  ticketStyle,
  type TicketStyle,
  type TicketVersion,
} from './tickets';
import type { UserSet } from './userSet';

/** The newest version of one ticket. `json()` is the ticket as the export shows it, without sideloads. */
export interface TrueTicket {
  readonly id: number;
  /** Unix seconds. */
  readonly generatedTimestamp: number;
  readonly status: string;
  readonly supportType: 'agent' | 'ai_agent';
  json(): string;
}

/** How a change is made. */
export interface TicketChange {
  /** Unix second of the new version's `generated_timestamp`; the simulator's clock by default. */
  readonly at?: number | undefined;
  /** A system update: `generated_timestamp` moves, `updated_at` stays (§ system updates). */
  readonly system?: boolean | undefined;
  /** Values that replace those of the ticket's JSON, of any shape: a way to make tickets that break a reader. */
  readonly set?: Record<string, unknown> | undefined;
}

/** What has happened to a ticket since the simulator started, and makes a ticket event. */
export interface TicketStep {
  readonly id: number;
  readonly at: number;
  /** The version it led to: 0 for a new ticket; null when there was only a comment. */
  readonly version: number | null;
  readonly before: Fate;
  readonly after: Fate;
}

export interface TicketOptions extends Span {
  readonly seed: number;
  readonly subdomain: string;
  readonly tickets: number;
  readonly burst: readonly { at: number; tickets: number }[];
  readonly shapes: readonly TicketShape[];
  readonly metricSets: MetricSets;
}

/** The records that tickets point to. */
type Others = Omit<SideloadSources, 'tickets'> & { readonly users: UserSet };

/** The tickets that an account starts with. */
export function firstTickets({ seed, tickets, burst, ...span }: TicketOptions): History {
  const history = makeHistory(seed, tickets, span);
  for (const { at, tickets: count } of burst)
    for (let added = 0; added < count; added += 1) {
      for (const times of [history.created, history.updated, history.generated]) times.push(at);
      history.fates.push('live');
    }
  return history;
}

/** The tickets. Their ids are 1…size. */
export class TicketSet extends DataSet {
  readonly style: TicketStyle;
  /** In the order in which they happened. */
  readonly steps: TicketStep[] = [];
  private readonly created: number[];
  private readonly updated: number[];
  private readonly fates: Fate[];
  /** How often each was changed. */
  private readonly changes: number[];
  private readonly overrides = new Map<number, Record<string, unknown>>();

  constructor(
    readonly options: TicketOptions,
    private readonly others: Others,
  ) {
    const { created, updated, generated, fates } = firstTickets(options);
    super(STREAMS.tickets.noun, generated);
    const { seed, subdomain, shapes } = options;
    this.style = ticketStyle({ seed, subdomain, shapes, population: others.users.population });
    this.created = created;
    this.updated = updated;
    this.fates = fates;
    this.changes = generated.map(() => 0);
  }

  fate(id: number): Fate {
    return this.fates[this.index(id)] ?? 'live';
  }

  isDeleted(id: number): boolean {
    return this.status(id) === 'deleted';
  }

  override accepts(id: number, { excludeDeleted, supportTypeScope }: Filters): boolean {
    return (
      (supportTypeScope === 'all' || this.supportType(id) === supportTypeScope) &&
      !(excludeDeleted && this.isDeleted(id))
    );
  }

  supportType(id: number): 'agent' | 'ai_agent' {
    return supportType(this.style.seed, id);
  }

  status(id: number): string {
    const set = this.overrides.get(id);
    return typeof set?.status === 'string' ? set.status : ticketStatus(this.style.seed, this.ticket(id));
  }

  ticket(id: number): TicketVersion {
    const index = this.index(id);
    return {
      id,
      version: this.changes[index] ?? 0,
      fate: this.fates[index] ?? 'live',
      createdAt: this.created[index] ?? 0,
      updatedAt: this.updated[index] ?? 0,
      generatedTimestamp: this.version(id),
    };
  }

  json(id: number, include = NOTHING): string {
    const extra = nestedSideloads(this, id, include, this.options.metricSets);
    const json = ticketJson(this.style, this.ticket(id), extra);
    const set = this.overrides.get(id);
    return set === undefined ? json : JSON.stringify({ ...(JSON.parse(json) as object), ...set });
  }

  override beside(ids: readonly number[], include: ReadonlySet<string>): string {
    return topLevelSideloads({ tickets: this, ...this.others }, ids, include, this.options.metricSets);
  }

  /** Makes a new version of a ticket, which moves it to another place in the order. */
  update(id: number, at: number, fate: Fate | undefined, change: TicketChange): void {
    const index = this.index(id);
    const before = this.fate(id);
    const after = fate ?? before;
    const version = (this.changes[index] ?? 0) + 1;
    this.move(id, at);
    this.changes[index] = version;
    this.fates[index] = after;
    if (change.system !== true) {
      this.updated[index] = at;
      this.steps.push({ id, at, version, before, after });
    }
    if (change.set !== undefined) this.overrides.set(id, { ...this.overrides.get(id), ...change.set });
  }

  change(id: number, at: number): void {
    this.update(id, at, undefined, {});
  }

  remove(id: number, at: number): void {
    this.update(id, at, 'deleted', {});
  }

  restore(id: number, at: number): void {
    this.update(id, at, 'live', {});
  }

  add(at: number): number {
    const id = this.append(at);
    this.created.push(at);
    this.updated.push(at);
    this.fates.push('live');
    this.changes.push(0);
    this.steps.push({ id, at, version: 0, before: 'live', after: 'live' });
    return id;
  }

  /**
   * Adds a comment to a ticket. A comment older than the ticket's newest version belongs to its past, and leaves it as it is.
   */
  comment(id: number, at: number): void {
    if (at >= this.version(id)) {
      this.change(id, at);
      return;
    }
    const fate = this.fate(id);
    this.steps.push({ id, at, version: null, before: fate, after: fate });
    this.revision += 1;
  }

  /** One of the tickets that existed at a time; the next for the next draw. */
  existingAt(at: number, draw: number): number | undefined {
    for (let tried = 0; tried < this.size; tried += 1) {
      const index = (draw + tried) % this.size;
      if ((this.created[index] ?? Infinity) <= at) return index + 1;
    }
    return undefined;
  }
}
