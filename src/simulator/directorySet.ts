import { DataSet } from './dataSet';
import { makeHistory, type Span } from './history';

/** What is kept of one record besides its version. */
export interface Entry {
  readonly index: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deletedAt: number | null;
  /** How often it was changed. */
  readonly changes: number;
}

/** Records that are created, changed and deleted: users, organizations, and those of lists. */
export abstract class DirectorySet extends DataSet {
  private readonly created: number[];
  private readonly deleted: (number | null)[];
  private readonly changes: number[];

  protected constructor(noun: string, before: number, seed: number, count: number, span: Span) {
    const { created, generated, fates } = makeHistory(seed, count, span);
    super(noun, generated, before);
    this.created = created;
    this.deleted = generated.map((at, index) => (fates[index] === 'live' ? null : at));
    this.changes = generated.map(() => 0);
  }

  isDeleted(id: number): boolean {
    return this.entry(id).deletedAt !== null;
  }

  createdAt(id: number): number {
    return this.entry(id).createdAt;
  }

  change(id: number, at: number): void {
    this.move(id, at);
    const index = this.index(id);
    this.changes[index] = (this.changes[index] ?? 0) + 1;
  }

  remove(id: number, at: number): void {
    this.change(id, at);
    this.deleted[this.index(id)] = at;
  }

  restore(id: number, at: number): void {
    this.change(id, at);
    this.deleted[this.index(id)] = null;
  }

  add(at: number): number {
    const id = this.append(at);
    this.created.push(at);
    this.deleted.push(null);
    this.changes.push(0);
    return id;
  }

  protected entry(id: number): Entry {
    const index = this.index(id);
    return {
      index,
      createdAt: this.created[index] ?? 0,
      updatedAt: this.version(id),
      deletedAt: this.deleted[index] ?? null,
      changes: this.changes[index] ?? 0,
    };
  }
}
