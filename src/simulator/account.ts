import { makeHistory } from './history';
import type { TicketShape } from './shapes';
import { MAX_ID, placeOf, idOf, secondOf, Timeline } from './timeline';
import {
  supportType,
  ticketJson,
  ticketStatus,
  ticketStyle,
  type Fate,
  type TicketStyle,
  type TicketVersion,
} from './tickets';

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

export interface AccountOptions {
  readonly seed: number;
  readonly subdomain: string;
  readonly tickets: number;
  readonly from: number;
  readonly to: number;
  readonly burst: readonly { at: number; tickets: number }[];
  readonly shapes: readonly TicketShape[];
}

const FATES: readonly Fate[] = ['live', 'deleted', 'scrubbed'];

/** The data of one help desk: the newest version of every ticket, in the order of the export. Bodies are made on demand. */
export class Account {
  readonly style: TicketStyle;
  /** Grows with every change; what was built from an older revision may be out of date. */
  revision = 0;
  private count: number;
  private created: Float64Array;
  private updated: Float64Array;
  private generated: Float64Array;
  private fates: Uint8Array;
  private versions: Int32Array;
  private readonly overrides = new Map<number, Record<string, unknown>>();
  private readonly timeline: Timeline;

  constructor(options: AccountOptions) {
    this.style = ticketStyle(options.seed, options.subdomain, options.shapes);
    const extra = options.burst.reduce((sum, { tickets }) => sum + tickets, 0);
    this.count = options.tickets + extra;
    if (!Number.isInteger(this.count) || this.count < 0)
      throw new RangeError('a number of tickets is a whole number');
    if (options.from > options.to)
      throw new RangeError('the oldest ticket must not be newer than the newest');
    if (this.count > MAX_ID) throw new RangeError(`the simulator holds at most ${MAX_ID} tickets`);
    const history = makeHistory(options.seed, options.tickets, options.from, options.to, this.count);
    ({
      created: this.created,
      updated: this.updated,
      generated: this.generated,
      fates: this.fates,
    } = history);
    this.versions = new Int32Array(this.count);
    let next = options.tickets;
    for (const { at, tickets } of options.burst) {
      for (const array of [this.created, this.updated, this.generated]) array.fill(at, next, next + tickets);
      next += tickets;
    }
    const places = new Float64Array(this.count);
    for (let index = 0; index < this.count; index += 1)
      places[index] = placeOf(this.generated[index] ?? 0, index + 1);
    this.timeline = new Timeline(places, (place) => this.generated[idOf(place) - 1] === secondOf(place));
  }

  /** The number of tickets; their ids are 1…size. */
  get size(): number {
    return this.count;
  }

  /** Visits the newest versions from a place in the order of (generated_timestamp, id), up to and including a second. */
  scan(from: number, lastSecond: number, visit: (second: number, id: number) => boolean): void {
    this.timeline.scan(from, lastSecond, visit);
  }

  generatedTimestamp(id: number): number {
    return this.generated[this.index(id)] ?? 0;
  }

  fate(id: number): Fate {
    return FATES[this.fates[this.index(id)] ?? 0] ?? 'live';
  }

  supportType(id: number): 'agent' | 'ai_agent' {
    return supportType(this.style.seed, id);
  }

  status(id: number): string {
    const set = this.overrides.get(id);
    if (typeof set?.status === 'string') return set.status;
    return ticketStatus(this.style.seed, {
      id,
      version: this.versions[this.index(id)] ?? 0,
      fate: this.fate(id),
    });
  }

  ticket(id: number): TicketVersion {
    const index = this.index(id);
    return {
      id,
      version: this.versions[index] ?? 0,
      fate: this.fate(id),
      createdAt: this.created[index] ?? 0,
      updatedAt: this.updated[index] ?? 0,
      generatedTimestamp: this.generated[index] ?? 0,
    };
  }

  /** The JSON of a ticket's newest version; `extra` is put before its closing brace. */
  json(id: number, extra = ''): string {
    const json = ticketJson(this.style, this.ticket(id), extra);
    const set = this.overrides.get(id);
    return set === undefined ? json : JSON.stringify({ ...(JSON.parse(json) as object), ...set });
  }

  /** Makes a new version of a ticket, which moves it to another place in the order. `at` is a Unix second. */
  change(id: number, at: number, fate: Fate | undefined, change: TicketChange): void {
    const index = this.index(id);
    if (this.generated[index] !== at) {
      this.generated[index] = at;
      this.timeline.markStale();
      this.timeline.add(placeOf(at, id));
    }
    this.versions[index] = (this.versions[index] ?? 0) + 1;
    if (fate !== undefined) this.fates[index] = FATES.indexOf(fate);
    if (change.system !== true) this.updated[index] = at;
    if (change.set !== undefined) this.overrides.set(id, { ...this.overrides.get(id), ...change.set });
    this.revision += 1;
  }

  /** Adds a ticket created at a Unix second, and returns its id. */
  add(at: number): number {
    if (this.count >= MAX_ID) throw new RangeError(`the simulator holds at most ${MAX_ID} tickets`);
    const index = this.count;
    if (index === this.versions.length) this.grow(Math.max(1024, Math.ceil(index * 1.25)));
    this.count += 1;
    for (const array of [this.created, this.updated, this.generated]) array[index] = at;
    this.timeline.add(placeOf(at, index + 1));
    this.revision += 1;
    return index + 1;
  }

  private grow(capacity: number): void {
    const larger = <A extends { set(from: A): void }>(to: A, from: A): A => (to.set(from), to);
    this.created = larger(new Float64Array(capacity), this.created);
    this.updated = larger(new Float64Array(capacity), this.updated);
    this.generated = larger(new Float64Array(capacity), this.generated);
    this.fates = larger(new Uint8Array(capacity), this.fates);
    this.versions = larger(new Int32Array(capacity), this.versions);
  }

  private index(id: number): number {
    if (!Number.isInteger(id) || id < 1 || id > this.count) throw new RangeError(`there is no ticket ${id}`);
    return id - 1;
  }
}
