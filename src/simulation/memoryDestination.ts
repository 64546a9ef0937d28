import type { PageKey } from '../contract/page';
import {
  recordsByStream,
  type Batch,
  type Destination,
  type FieldNote,
  type QuarantinedRecord,
  type Written,
} from '../destinations/destination';
import { holdable, originalOf, type Quarantined } from '../destinations/holdable';
import { bytesOf, textOf } from '../destinations/recordText';
import { digest } from '../digest';
import { STREAMS, type StreamName } from '../streams';
import { isList } from '../streams/stream';
import type { RecordId, RecordVersion } from '../streams/record';

type StoredRecord = Omit<RecordVersion, 'json'> & {
  readonly json: string;
  /** Of lists, Unix seconds. */
  readonly sweptAt?: number;
};

interface StoredQuarantined extends Quarantined {
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
  /** By its text. */
  readonly quarantine = new Map<string, StoredQuarantined>();
  readonly pages = new Map<string, LoggedPage>();
  private readonly tables = new Map<StreamName, Map<RecordId, StoredRecord>>();

  /** The stored version of every record of a stream, by id. */
  table(stream: StreamName): Map<RecordId, StoredRecord> {
    const rows = this.tables.get(stream) ?? new Map<RecordId, StoredRecord>();
    this.tables.set(stream, rows);
    return rows;
  }
}

/** A store in this process that keeps the promises of {@link Destination}, fast enough for thousands of exports. */
export class MemoryDestination implements Destination {
  readonly accounts = new Map<string, MemoryAccount>();
  /** Every version of the pages' own streams that was ever written. */
  readonly versions = new Set<string>();
  /** Checkpoints as they were written, in order of their first writing. */
  readonly checkpoints = new Map<string, string>();

  /** @param cannotHold which records go into quarantine, as those do that a database cannot store */
  constructor(private readonly cannotHold: (record: RecordVersion) => boolean = () => false) {}

  /** Of the account that was written to first: most tests have one. */
  table(stream: StreamName): Map<RecordId, StoredRecord> {
    return this.first.table(stream);
  }

  get tickets(): Map<RecordId, StoredRecord> {
    return this.table('tickets');
  }

  get quarantine(): Map<string, StoredQuarantined> {
    return this.first.quarantine;
  }

  async prepare(): Promise<readonly string[]> {
    return [];
  }

  async write(page: Batch): Promise<Written> {
    // Read as a whole before anything is written.
    const batch = { ...page, records: page.records.map((record) => ({ ...record })) };
    const { subdomain, key, stream, position, sweep } = batch;
    for (const [name] of recordsByStream(batch))
      if (!Object.hasOwn(STREAMS, name)) throw new RangeError(`There is no table "${name}"`);
    const unstorable = batch.records.filter(this.cannotHold).length;
    const account = this.account(subdomain);
    const unseen =
      sweep?.isComplete === true && unstorable === 0 ? unseenIn(account.table(stream), batch) : [];
    const written = { unstorable, swept: unseen.length };
    const checkpoint = batch.checkpoint(written);
    // From here on nothing fails: a page is written whole or not at all.
    for (const name of batch.released ?? [])
      for (const json of account.quarantine.keys())
        if (digest(json) === name) account.quarantine.delete(json);
    const quarantined = [
      ...batch.rejected,
      ...recordsByStream(batch).flatMap(([name, records]) =>
        records.flatMap((record) => this.store(account, name, record, name === stream ? batch : undefined)),
      ),
    ];
    for (const row of unseen)
      account.table(stream).set(row.id, { ...row, deleted: true, sweptAt: sweep?.began ?? 0 });
    for (const { stream: of, reason, json } of quarantined)
      if (!account.quarantine.has(json)) account.quarantine.set(json, { stream: of, reason, json, position });
    const { first, last } = batch;
    const counts = {
      tickets: batch.records.length - unstorable,
      quarantined: batch.rejected.length + unstorable,
    };
    account.pages.set(nameOf(subdomain, key), { ...key, stream, position, ...counts, first, last });
    this.checkpoints.set(nameOf(subdomain, key), checkpoint);
    return written;
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

  async makeViews(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {
    // What is in memory stays.
  }

  /** @returns what of it goes into quarantine */
  private store(
    account: MemoryAccount,
    stream: StreamName,
    version: RecordVersion,
    own: Batch | undefined,
  ): Quarantined[] {
    if (this.cannotHold(version)) return [{ stream, reason: 'not storable', json: textOf(version.json) }];
    const held = holdable(bytesOf(version.json), true);
    const record = { ...version, json: textOf(held.json) };
    if (own !== undefined) this.versions.add(`${record.id} ${record.version} ${record.json}`);
    const rows = account.table(stream);
    const stored = rows.get(record.id);
    if (!isList(STREAMS[stream])) {
      if (stored === undefined || record.version >= stored.version) rows.set(record.id, record);
      return originalOf(stream, version, held);
    }
    const began = own?.sweep?.began;
    const { sweptAt = 0, deleted: isGone = false } = stored ?? {};
    // A sweep that has found it gone may be followed by a late attempt of one of its own pages.
    const isLate = began !== undefined && (isGone ? began <= sweptAt : began < sweptAt);
    const isLast = began === undefined ? !isGone : !isLate;
    const isNewer = stored === undefined || (record.version > stored.version && !(isGone && isLate));
    if (isNewer || (record.version === stored.version && isLast))
      rows.set(record.id, { ...record, sweptAt: Math.max(sweptAt, began ?? 0) });
    else if (began !== undefined) rows.set(record.id, { ...stored, sweptAt: Math.max(sweptAt, began) });
    return originalOf(stream, version, held);
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

function nameOf(subdomain: string, { exportId, epoch, page }: PageKey): string {
  return `${subdomain} ${exportId} ${epoch} ${page}`;
}

/** What a list had, and a sweep that ends with this page has not seen. */
function unseenIn(
  rows: ReadonlyMap<RecordId, StoredRecord>,
  { sweep, records }: Batch,
): readonly StoredRecord[] {
  const here = new Set(records.map(({ id }) => id));
  return [...rows.values()].filter(
    ({ id, deleted, sweptAt = 0 }) => !deleted && !here.has(id) && sweptAt < (sweep?.began ?? 0),
  );
}
