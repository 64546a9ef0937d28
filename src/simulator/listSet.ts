import { DirectorySet } from './directorySet';
import { LIST_SPECS, type ListName, type ListSpec } from './listSpecs';
import type { DirectoryOptions } from './population';
import { hash } from './random';
import { iso } from './time';

/** The records of a list. A deleted one disappears from it. */
export class ListSet extends DirectorySet {
  readonly spec: ListSpec;

  constructor(
    name: ListName,
    private readonly options: DirectoryOptions,
  ) {
    const spec = LIST_SPECS[name];
    const count = typeof spec.count === 'number' ? spec.count : spec.count(options.population);
    super(`record of ${name}`, spec.before, hash(options.seed, spec.before, 44), count, options);
    this.spec = spec;
    // One that was deleted before anybody has read the list is none.
    for (const id of this.ids()) if (this.isDeleted(id)) this.restore(id, this.version(id));
  }

  json(id: number): string {
    const { seed, subdomain, population } = this.options;
    const { index, createdAt, updatedAt, deletedAt, changes } = this.entry(id);
    const h = hash(seed, index, this.spec.before % 65_521);
    return JSON.stringify({
      url: `https://${subdomain}.zendesk.com/api/v2/${this.spec.path}/${id}.json`,
      id,
      ...this.spec.fields({ index, h, changes, deleted: deletedAt !== null, population }),
      created_at: iso(createdAt),
      updated_at: iso(updatedAt),
    });
  }

  /** What the list shows, by ascending id. */
  visible(): number[] {
    return [...this.ids()].filter((id) => !this.isDeleted(id));
  }
}
