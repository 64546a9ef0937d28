import type { PageKey } from '../contract/page';
import type { StreamName } from '../streams';
import type { RejectedRecord, RecordVersion } from '../streams/record';
import type { CustomField } from '../streams/customField';
import type { ErasedPlace, Erasure } from './erasure';
import type { StoredRecords } from './storedRecords';

/**
 * Where records go. One implementation per kind of store; the workflow knows none of them.
 * Every method throws {@link DestinationRefused} when only an operator can help, {@link DestinationUnavailable} for what may
 * pass; any other error is a bug.
 */
export interface Destination {
  /**
   * Makes what is missing (tables, folders) and proves that pages can be written.
   * @returns what could not be made for readers, such as a view, and why: no export waits for that
   */
  prepare(): Promise<readonly string[]>;
  /**
   * Writes one page and its checkpoint as one unit, whose effect is the same however often it is repeated: a version of a
   * record replaces a stored one unless that is newer. So does a version that came as a sideload of another stream.
   */
  write(page: Batch): Promise<Written>;
  /** The checkpoint of an earlier page, as it was written. */
  checkpoint(subdomain: string, key: PageKey): Promise<string | undefined>;
  /** Everything that is in quarantine. */
  quarantined(): Promise<readonly QuarantinedRecord[]>;
  /**
   * Updates the readers' view to the account's current custom fields; stored tickets are left as they are.
   * @returns the fields that are text there, because values disagree with their type, and those that have no place there
   */
  describeFields(subdomain: string, fields: readonly CustomField[]): Promise<readonly FieldNote[]>;
  /**
   * Makes the views that dashboards know for an account, or brings them up to date; where the destination's URL asks for none, or
   * the store has no views, nothing. Whatever keeps it from that keeps no page from being written.
   */
  makeViews(subdomain: string): Promise<ViewsMade | null>;
  /** Lets go of files and connections. */
  close(): Promise<void>;
  /** Whether others can read and write while it is open. Then it lets go by itself of what has not been used for a while. */
  readonly isShareable?: true;
  /** Reads what is stored, for a verification; absent where only a query of the user's own can. */
  readonly stored?: StoredRecords;
}

/** One that lasts longer than its process. */
export interface LastingDestination extends Destination {
  /**
   * Creates nothing.
   * @throws DestinationRefused when no export has written here
   */
  findExport(): Promise<void>;
  /** Erases records wherever they are stored, and says of each place what was done there; done again, it does nothing. */
  erase(erasure: Erasure): Promise<readonly ErasedPlace[]>;
}

export interface Written {
  /** Records of the page's stream that this store cannot hold, put into `quarantine` with the rejected ones. */
  readonly unstorable: number;
  /** Records that were marked as deleted: by the end of a sweep, or because they are `gone`. */
  readonly swept: number;
}

/** The reading of a whole list. */
export interface Sweep {
  /** Unix seconds. */
  readonly began: number;
  /** Whether it ends with this page and lacks nothing: what it has not seen is no longer there. */
  readonly isComplete: boolean;
}

/** One page ready to be stored. */
export interface Batch {
  readonly subdomain: string;
  readonly stream: StreamName;
  readonly key: PageKey;
  /** At most one version per record. */
  readonly records: readonly RecordVersion[];
  /** Of any stream. */
  readonly rejected: readonly RejectedRecord[];
  /** What came with the records, by its own stream; at most one version per record. */
  readonly sideloads: ReadonlyMap<StreamName, readonly RecordVersion[]>;
  /** Of a page of a list; null for all others. */
  readonly sweep: Sweep | null;
  /** For people: where the page started, as it reads in the checkpoint log. */
  readonly position: string;
  /** Bounds by version of the stream's records that Zendesk sent, Unix seconds; null when it sent none. */
  readonly first: number | null;
  readonly last: number | null;
  /** Digests of records that leave the quarantine with this page; what of them cannot be stored goes back. */
  readonly released?: readonly string[];
  /** Records that a verification has found to be gone: marked as deleted, unless they have another version by now. */
  readonly gone?: readonly Pick<RecordVersion, 'id' | 'version'>[];
  /** Makes the opaque JSON that {@link Destination.checkpoint} hands back, once it is known what of the page is stored. */
  readonly checkpoint: (written: Written) => string;
}

/** What became of an account's views. */
export interface ViewsMade {
  readonly schema: string;
  /** What kept them from being made as they should be, and what to do; null: nothing. */
  readonly problem: string | null;
}

export interface FieldNote {
  readonly id: number;
  readonly title: string;
  readonly kind: 'text' | 'leftOut';
  /** Quotes no value. */
  readonly reason: string;
}

export interface QuarantinedRecord {
  readonly subdomain: string;
  readonly stream: StreamName;
  /** Names the record within the account: SHA-256 of its text. */
  readonly digest: string;
  /** As Zendesk sent it. */
  readonly json: string;
}

/** The records of a page by their streams, in the order of their names: pages that write at the same time lock rows in one order. */
export function recordsByStream({
  stream,
  records,
  sideloads,
}: Pick<Batch, 'stream' | 'records' | 'sideloads'>): readonly (readonly [
  StreamName,
  readonly RecordVersion[],
])[] {
  const all = [[stream, records] as const, ...sideloads];
  return all.sort(([one], [other]) => (one < other ? -1 : 1));
}

/** When the sweep began that has brought a page's records of a stream, Unix seconds; null for what came another way. */
export function sweptBy({ stream: own, sweep }: Batch, stream: StreamName): number | null {
  return stream === own && sweep !== null ? sweep.began : null;
}

/** When the sweep began that a page completes, Unix seconds; null where it completes none, or cannot be stored whole. */
export function completedBy({ sweep }: Batch, unstorable: number): number | null {
  return sweep?.isComplete === true && unstorable === 0 ? sweep.began : null;
}

/** The destination will not take pages until an operator acts. The message says what to do, and holds no secret. */
export class DestinationRefused extends Error {
  override readonly name = 'DestinationRefused';

  /** @param mayPass whether it may also pass by itself, as a failover does: it is tried again for some minutes first */
  constructor(
    message: string,
    readonly mayPass = false,
  ) {
    super(message);
  }
}

/** The destination is out of reach, or fails in a way that may pass: it is tried again for as long as that lasts. */
export class DestinationUnavailable extends Error {
  override readonly name: string = 'DestinationUnavailable';
}

/** Another process has it open. */
export class DestinationInUse extends DestinationUnavailable {}

/** Whether an error is a mistake of this program: no store throws these. */
export function isBug(error: unknown): error is Error {
  return [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);
}
