import type { RecordKeys } from './listSpec';
import { idOf, MAX_ID, placeOf, secondOf, Timeline } from './timeline';

/** A place in the order of (version, id). What comes after it continues from there; the place before a second has the id 0. */
export interface Place {
  readonly second: number;
  readonly id: number;
}

/** The newest version of one record. */
export interface TrueRecord {
  readonly id: number;
  /** Unix seconds. */
  readonly version: number;
  readonly deleted: boolean;
  /** Of a list's record: what an export knows it by besides its id, which is the simulator's own for a tag. */
  readonly keys?: RecordKeys;
  json(): string;
}

/** What a request may ask to leave out. */
export interface Filters {
  readonly excludeDeleted: boolean;
  readonly supportTypeScope: 'all' | 'agent' | 'ai_agent';
}

export const NOTHING: ReadonlySet<string> = new Set<string>();

/**
 * The records of one stream: each once, at its newest version, in the order of (version, id). Their JSON is made on demand.
 * Times are Unix seconds; ids are consecutive.
 */
export abstract class DataSet {
  /** Grows with every change; what was built from an older revision may be out of date. */
  revision = 0;
  private readonly timeline: Timeline;

  /**
   * @param noun what one record is called
   * @param versions of the first records
   * @param before the id before the first
   */
  protected constructor(
    private readonly noun: string,
    private readonly versions: number[],
    private readonly before = 0,
  ) {
    this.checkRoom(versions.length);
    const places = new Float64Array(versions.length);
    versions.forEach((second, index) => (places[index] = placeOf(second, index + 1)));
    this.timeline = new Timeline(places, (place) => this.versions[idOf(place) - 1] === secondOf(place));
  }

  /** The JSON of a record as an answer shows it, with the sideloads that lie within it. */
  abstract json(id: number, include?: ReadonlySet<string>): string;

  abstract isDeleted(id: number): boolean;

  /** Makes a new version of a record. */
  abstract change(id: number, at: number): void;
  abstract remove(id: number, at: number): void;
  abstract restore(id: number, at: number): void;

  /** Adds a record, and returns its id. */
  abstract add(at: number): number;

  /** The sideloads beside the records of a page, as `,"users":[…]` and so on. Absent: there are none. */
  beside?(ids: readonly number[], include: ReadonlySet<string>): string;

  /** Whether a page shows a record. Absent: always. */
  accepts?(id: number, filters: Filters): boolean;

  has(id: number): boolean {
    return Number.isInteger(id) && id > this.before && id <= this.before + this.size;
  }

  get size(): number {
    return this.versions.length;
  }

  *ids(after = this.before): Generator<number> {
    for (let id = Math.max(after, this.before) + 1; id <= this.before + this.size; id += 1) yield id;
  }

  /** One of them, by a number from 0 to 1; undefined where there is none. */
  nth(draw: number): number | undefined {
    return this.size === 0
      ? undefined
      : this.before + 1 + Math.min(this.size - 1, Math.floor(draw * this.size));
  }

  version(id: number): number {
    return this.versions[this.index(id)] ?? 0;
  }

  newest(id: number): TrueRecord {
    return {
      id,
      version: this.version(id),
      deleted: this.isDeleted(id),
      json: () => this.json(id),
    };
  }

  /** Visits the newest versions after a place, up to and including a second, until `visit` returns false. */
  scan({ second, id }: Place, lastSecond: number, visit: (second: number, id: number) => boolean): void {
    const row = Math.min(Math.max(id - this.before, 0), MAX_ID);
    this.timeline.scan(placeOf(second, row) + 1, lastSecond, (at, found) => visit(at, this.before + found));
  }

  /** Which of the records it is, from 0. */
  protected index(id: number): number {
    const row = id - this.before;
    if (!Number.isInteger(row) || row < 1 || row > this.size)
      throw new RangeError(`there is no ${this.noun} ${id}`);
    return row - 1;
  }

  /** Moves a record to another place in the order. */
  protected move(id: number, at: number): void {
    const index = this.index(id);
    this.revision += 1;
    if (this.versions[index] === at) return;
    this.versions[index] = at;
    this.timeline.markStale();
    this.timeline.add(placeOf(at, index + 1));
  }

  /** Adds a place for a record, and returns its id. */
  protected append(at: number): number {
    this.checkRoom(this.size + 1);
    this.versions.push(at);
    this.timeline.add(placeOf(at, this.size));
    this.revision += 1;
    return this.before + this.size;
  }

  private checkRoom(count: number): void {
    if (count > MAX_ID) throw new RangeError(`the simulator holds at most ${MAX_ID} ${this.noun}s`);
  }
}
