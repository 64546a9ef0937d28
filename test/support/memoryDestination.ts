import type { PageKey } from '../../src/contract/page';
import type {
  Destination,
  FieldNote,
  Batch,
  QuarantinedRecord,
  SideloadedObject,
  Written,
} from '../../src/destinations/destination';
import { textOf } from '../../src/destinations/recordText';
import type { RejectedRecord, RecordVersion } from '../../src/streams/record';

type StoredTicket = Omit<RecordVersion, 'json'> & { readonly json: string };

/** A store in this process that keeps the promises of {@link Destination}, fast enough for thousands of exports. */
export class MemoryDestination implements Destination {
  /** The stored version of every ticket, by id. */
  readonly tickets = new Map<number, StoredTicket>();
  /** Every version that was ever written. */
  readonly versions = new Set<string>();
  readonly quarantine = new Map<string, RejectedRecord>();
  /** Sideloaded objects by table and id. */
  readonly sideloads = new Map<string, Map<number, SideloadedObject>>();
  /** Checkpoints as they were written, in order of their first writing. */
  readonly checkpoints = new Map<string, string>();

  /** @param cannotHold which tickets go into quarantine, as those do that a database cannot store */
  constructor(private readonly cannotHold: (ticket: RecordVersion) => boolean = () => false) {}

  async prepare(): Promise<void> {
    await Promise.resolve();
  }

  async write(page: Batch): Promise<Written> {
    for (const name of page.released ?? []) this.quarantine.delete(name);
    const odd = page.records.filter(this.cannotHold);
    for (const { json } of odd) this.keep({ kind: 'rejected', reason: 'not storable', json: textOf(json) });
    for (const version of page.records) {
      if (odd.includes(version)) continue;
      const ticket = { ...version, json: textOf(version.json) };
      this.versions.add(`${ticket.id} ${ticket.version} ${ticket.json}`);
      const stored = this.tickets.get(ticket.id);
      if (stored === undefined || ticket.version >= stored.version) this.tickets.set(ticket.id, ticket);
    }
    for (const record of page.rejected) this.keep(record);
    for (const [table, objects] of page.sideloads) this.store(table, objects);
    this.checkpoints.set(nameOf(page.subdomain, page.key), page.checkpoint({ unstorable: odd.length }));
    return { unstorable: odd.length };
  }

  async checkpoint(subdomain: string, key: PageKey): Promise<string | undefined> {
    return this.checkpoints.get(nameOf(subdomain, key));
  }

  async quarantined(): Promise<QuarantinedRecord[]> {
    return [...this.quarantine.values()].map(({ json }) => ({
      subdomain: '',
      stream: 'tickets',
      digest: json,
      json,
    }));
  }

  async describeFields(): Promise<readonly FieldNote[]> {
    return [];
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  private keep(record: RejectedRecord): void {
    this.quarantine.set(record.json, record);
  }

  private store(table: string, objects: readonly SideloadedObject[]): void {
    const rows = this.sideloads.get(table) ?? new Map<number, SideloadedObject>();
    this.sideloads.set(table, rows);
    for (const object of objects) {
      const stored = rows.get(object.id);
      if (stored === undefined || updatedAt(object) >= updatedAt(stored)) rows.set(object.id, object);
    }
  }
}

function nameOf(subdomain: string, { exportId, epoch, page }: PageKey): string {
  return `${subdomain} ${exportId} ${epoch} ${page}`;
}

function updatedAt({ json }: SideloadedObject): number {
  const { updated_at: text } = JSON.parse(json) as { updated_at?: unknown };
  return typeof text === 'string' ? Date.parse(text) : 0;
}
