import type { PageKey } from '../../src/contract/page';
import type {
  Batch,
  Destination,
  FieldNote,
  QuarantinedRecord,
  SideloadedObject,
  Written,
} from '../../src/destinations/destination';
import { holdable, originalOf, type Quarantined } from '../../src/destinations/holdable';
import { bytesOf, textOf } from '../../src/destinations/recordText';
import { digest } from '../../src/digest';
import { STREAMS, type StreamName } from '../../src/streams';
import type { RecordVersion } from '../../src/streams/record';
import { sideloadTables } from '../../src/streams/stream';

type StoredTicket = Omit<RecordVersion, 'json'> & { readonly json: string };

interface StoredQuarantined extends Quarantined {
  readonly stream: StreamName;
  readonly position: string;
}

/** What a page's row in the log holds, besides its checkpoint. */
export interface LoggedPage extends PageKey {
  readonly stream: string;
  readonly position: string;
  readonly tickets: number;
  readonly quarantined: number;
  readonly first: number | null;
  readonly last: number | null;
}

class MemoryAccount {
  /** The stored version of every ticket, by id. */
  readonly tickets = new Map<number, StoredTicket>();
  /** By its text. */
  readonly quarantine = new Map<string, StoredQuarantined>();
  /** Sideloaded objects by table and id. */
  readonly sideloads = new Map<string, Map<number, SideloadedObject>>();
  readonly pages = new Map<string, LoggedPage>();
}

/** A store in this process that keeps the promises of {@link Destination}, fast enough for thousands of exports. */
export class MemoryDestination implements Destination {
  readonly accounts = new Map<string, MemoryAccount>();
  /** Every version that was ever written. */
  readonly versions = new Set<string>();
  /** Checkpoints as they were written, in order of their first writing. */
  readonly checkpoints = new Map<string, string>();

  /** @param cannotHold which tickets go into quarantine, as those do that a database cannot store */
  constructor(private readonly cannotHold: (ticket: RecordVersion) => boolean = () => false) {}

  /** Of the account that was written to first: most tests have one. */
  get tickets(): Map<number, StoredTicket> {
    return this.first.tickets;
  }

  get quarantine(): Map<string, StoredQuarantined> {
    return this.first.quarantine;
  }

  get sideloads(): Map<string, Map<number, SideloadedObject>> {
    return this.first.sideloads;
  }

  async prepare(): Promise<void> {
    // There is nothing to make.
  }

  async write(batch: Batch): Promise<Written> {
    const { subdomain, key, stream, position } = batch;
    for (const table of batch.sideloads.keys())
      if (!sideloadTables(STREAMS[stream]).includes(table))
        throw new RangeError(`There is no table "${table}"`);
    const odd = batch.records.filter(this.cannotHold);
    const checkpoint = batch.checkpoint({ unstorable: odd.length });
    // From here on nothing fails: a page is written whole or not at all.
    const account = this.account(subdomain);
    for (const name of batch.released ?? [])
      for (const json of account.quarantine.keys())
        if (digest(json) === name) account.quarantine.delete(json);
    const quarantined: Quarantined[] = [...batch.rejected];
    for (const { json } of odd) quarantined.push({ reason: 'not storable', json: textOf(json) });
    for (const version of batch.records) {
      if (odd.includes(version)) continue;
      const held = holdable(bytesOf(version.json), true);
      quarantined.push(...originalOf(version, held));
      const ticket = { ...version, json: textOf(held.json) };
      this.versions.add(`${ticket.id} ${ticket.version} ${ticket.json}`);
      const stored = account.tickets.get(ticket.id);
      if (stored === undefined || ticket.version >= stored.version) account.tickets.set(ticket.id, ticket);
    }
    for (const [table, objects] of batch.sideloads)
      quarantined.push(...storeObjects(account, table, objects));
    for (const { reason, json } of quarantined)
      if (!account.quarantine.has(json)) account.quarantine.set(json, { reason, json, stream, position });
    const { first, last } = batch;
    const counts = {
      tickets: batch.records.length - odd.length,
      quarantined: batch.rejected.length + odd.length,
    };
    account.pages.set(nameOf(subdomain, key), { ...key, stream, position, ...counts, first, last });
    this.checkpoints.set(nameOf(subdomain, key), checkpoint);
    return { unstorable: odd.length };
  }

  async checkpoint(subdomain: string, key: PageKey): Promise<string | undefined> {
    return this.checkpoints.get(nameOf(subdomain, key));
  }

  async quarantined(): Promise<QuarantinedRecord[]> {
    return [...this.accounts].flatMap(([subdomain, { quarantine }]) =>
      [...quarantine.values()].map(({ stream, json }) => ({ subdomain, stream, digest: digest(json), json })),
    );
  }

  async describeFields(): Promise<readonly FieldNote[]> {
    return [];
  }

  async close(): Promise<void> {
    // What is in memory stays.
  }

  private get first(): MemoryAccount {
    const [first] = this.accounts.values();
    return first ?? new MemoryAccount();
  }

  private account(subdomain: string): MemoryAccount {
    const account = this.accounts.get(subdomain) ?? new MemoryAccount();
    this.accounts.set(subdomain, account);
    return account;
  }
}

/** @returns the originals of those that lost a character */
function storeObjects(
  { sideloads }: MemoryAccount,
  table: string,
  objects: readonly SideloadedObject[],
): Quarantined[] {
  const rows = sideloads.get(table) ?? new Map<number, SideloadedObject>();
  sideloads.set(table, rows);
  return objects.flatMap((object) => {
    const held = holdable(object.json, true);
    const kept = { id: object.id, json: textOf(held.json) };
    const stored = rows.get(object.id);
    if (stored === undefined || isNoOlder(kept, stored)) rows.set(object.id, kept);
    return originalOf(object, held);
  });
}

function nameOf(subdomain: string, { exportId, epoch, page }: PageKey): string {
  return `${subdomain} ${exportId} ${epoch} ${page}`;
}

/** An object without a time is as new as any other. */
function isNoOlder(object: SideloadedObject, stored: SideloadedObject): boolean {
  const [own, other] = [updatedAt(object), updatedAt(stored)];
  return own === undefined || other === undefined || own >= other;
}

function updatedAt({ json }: SideloadedObject): number | undefined {
  const { updated_at: text } = JSON.parse(json) as { updated_at?: unknown };
  return typeof text === 'string' ? Date.parse(text) : undefined;
}
