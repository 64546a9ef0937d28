import type { Place, TrueRecord } from './dataSet';
import { DirectorySet } from './directorySet';
import type { Made, RecordKeys, ListSpec } from './listSpec';
import { LIST_SPECS, type ListName } from './listSpecs';
import type { DirectoryOptions } from './population';
import { hash } from './random';
import { iso } from './time';

/** How many records lists start with, where that is more than usual. */
export type ListSizes = Readonly<Partial<Record<ListName, number>>>;

export interface ListOptions extends DirectoryOptions {
  readonly lists?: ListSizes | undefined;
}

const START: Place = { second: 0, id: 0 };

function compare(a: Place, b: Place): number {
  return a.second - b.second || a.id - b.id;
}

/** The records of a list. A deleted one disappears from it. */
export class ListSet extends DirectorySet {
  readonly spec: ListSpec;
  /** All places in their order, as of a revision. */
  private ranked: { revision: number; places: Place[] } = { revision: -1, places: [] };

  /** @param schedules to which the records belong, if they belong to schedules */
  constructor(
    readonly name: ListName,
    private readonly options: ListOptions,
    private readonly schedules?: ListSet,
  ) {
    const spec = LIST_SPECS[name];
    const usual = typeof spec.count === 'number' ? spec.count : spec.count(options.population);
    const count = Math.max(usual, options.lists?.[name] ?? 0);
    super(`record of ${name}`, spec.before, hash(options.seed, spec.before, 44), count, options);
    this.spec = spec;
    // One that was deleted before anybody has read the list is none.
    for (const id of this.ids()) if (this.isDeleted(id)) this.restore(id, this.version(id));
  }

  json(id: number): string {
    const { createdAt, updatedAt } = this.entry(id);
    const record = {
      url: `https://${this.options.subdomain}.zendesk.com/api/v2/${this.spec.path}/${id}.json`,
      id,
      ...this.spec.fields(this.made(id)),
      created_at: iso(createdAt),
      updated_at: iso(updatedAt),
    };
    const lacks: readonly string[] = this.spec.lacks ?? [];
    return JSON.stringify(Object.fromEntries(Object.entries(record).filter(([key]) => !lacks.includes(key))));
  }

  /** What belongs to a schedule goes with it. */
  override isDeleted(id: number): boolean {
    return super.isDeleted(id) || this.belongsToNone(this.keys(id).schedule_id);
  }

  /** Whether there is no such schedule, or no longer. */
  belongsToNone(schedule: number | undefined): boolean {
    return schedule !== undefined && ![...(this.schedules?.shown() ?? [])].includes(schedule);
  }

  override newest(id: number): TrueRecord {
    return { ...super.newest(id), keys: this.keys(id) };
  }

  keys(id: number): RecordKeys {
    return this.spec.keys?.(this.index(id)) ?? {};
  }

  /** Where a record stands: `second` is its rank. */
  place(id: number): Place {
    return { second: this.spec.rank?.(this.made(id)) ?? 0, id };
  }

  /** What the list shows after a place, in its order. */
  *shown({ withDeleted = false, after = START } = {}): Generator<number> {
    for (const id of this.inOrder(after)) if (withDeleted || !this.isDeleted(id)) yield id;
  }

  private inOrder(after: Place): Iterable<number> {
    if (this.spec.rank === undefined) return this.ids(after.id);
    if (this.ranked.revision !== this.revision) {
      const places = Array.from(this.ids(), (id) => this.place(id)).sort(compare);
      this.ranked = { revision: this.revision, places };
    }
    return this.ranked.places.filter((place) => compare(place, after) > 0).map(({ id }) => id);
  }

  private made(id: number): Made {
    const { seed, population } = this.options;
    const { index, deletedAt, changes } = this.entry(id);
    const h = hash(seed, index, this.spec.before % 65_521);
    return { index, h, changes, deletedAt: deletedAt === null ? null : iso(deletedAt), seed, population };
  }
}
