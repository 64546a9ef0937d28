import type {
  Difference,
  Place,
  VerificationRequest,
  VerificationStatus,
  VerifiedStream,
  Window,
} from '../contract/verification';
import { STREAMS } from '../streams';
import type { VersionHere } from '../verify/rereading';

/** A row of a stream's table. */
export interface StoredRecord extends VersionHere {
  readonly supportType: string | null;
}

/** A page in the log, as far as a verification needs it. */
export interface LoggedPage {
  readonly exportId: string;
  readonly epoch: number;
  readonly page: number;
  /** Unix seconds. */
  readonly writtenAt: number;
  readonly checkpoint: string;
}

/** A row of `verifications`. Times are Unix seconds. */
export interface VerificationRow
  extends
    Readonly<Record<Difference, number>>,
    Pick<VerificationRequest, 'subdomain' | 'from' | 'to' | 'bound' | 'deep' | 'repair'>,
    Pick<
      VerificationStatus,
      'stream' | 'method' | 'windows' | 'compared' | 'unconfirmed' | 'repaired' | 'requests' | 'took'
    > {
  readonly verificationId: string;
  readonly startedAt: number;
  readonly ids: Readonly<Record<Difference, readonly number[]>>;
}

/** Reads the records of one account again, to compare them. Rows without `created_at` count as created at 0. */
export interface StoredRecords {
  /** Makes such reading fast. */
  prepare(stream: VerifiedStream): Promise<void>;
  /** How many there are that are not deleted. */
  count(subdomain: string, stream: VerifiedStream, window: Window): Promise<number>;
  /** When the oldest was created, Unix seconds; null where there is none. */
  oldest(subdomain: string, stream: VerifiedStream): Promise<number | null>;
  /** All of them, deleted ones included. */
  list(subdomain: string, stream: VerifiedStream, window: Window): Promise<readonly StoredRecord[]>;
  withIds(
    subdomain: string,
    stream: VerifiedStream,
    ids: readonly number[],
  ): Promise<readonly StoredRecord[]>;
  /** Those that are not deleted, in the order of their places after one and up to another, without some: the first of them. */
  between(
    subdomain: string,
    stream: VerifiedStream,
    places: { readonly after: Place; readonly upTo: Place },
    without: readonly number[],
    most: number,
  ): Promise<readonly Place[]>;
  /** The pages of a stream that exports have written last, the newest first. */
  newestPages(subdomain: string, stream: VerifiedStream): Promise<readonly LoggedPage[]>;
  /** Written again, it changes nothing. */
  record(row: VerificationRow): Promise<void>;
}

/** Runs a statement in a transaction of its own; answers its rows. */
export type Query = (
  sql: string,
  values: readonly (string | number | boolean | null)[],
) => Promise<readonly (readonly unknown[])[]>;

const CREATED = 'floor(extract(epoch FROM min(created_at)))::bigint';

/** What is selected of a row. */
function columnsOf(stream: VerifiedStream): string {
  const support = stream === 'tickets' ? 'support_type' : 'NULL';
  return `id, floor(extract(epoch FROM updated_at))::bigint, deleted, ${versionOf(stream)}, ${support}`;
}

function versionOf(stream: VerifiedStream): string {
  return STREAMS[stream].version.column;
}

/** Enough to find one of each range that is read side by side. */
const PAGES = 200;

const NEWEST_PAGES = `
SELECT export_id, epoch, page, floor(extract(epoch FROM written_at))::bigint, checkpoint FROM export_pages
WHERE subdomain = $1 AND stream = $2 AND (position LIKE 'start_time %' OR position LIKE 'cursor %')
ORDER BY written_at DESC, page DESC LIMIT ${PAGES}`;

/** Ids in a text, with commas between, as rows. */
export function idsIn(parameter: string): string {
  return `unnest(string_to_array(${parameter}, ',')::bigint[])`;
}

/** The rows of a window: $1 is the account, $2 and $3 its bounds. Apart, so that an index serves either. */
function within({ from }: Window): string {
  const created = `created_at >= to_timestamp($2::float8) AND created_at < to_timestamp($3::float8)`;
  return `subdomain = $1 AND (${created}${from === 0 ? ' OR created_at IS NULL' : ''})`;
}

function between(stream: VerifiedStream): string {
  const version = versionOf(stream);
  return `
SELECT ${version}, id FROM ${stream}
WHERE subdomain = $1 AND NOT deleted AND ${version} BETWEEN $2 AND $4
  AND (${version} > $2 OR id > $3) AND (${version} < $4 OR id <= $5) AND id NOT IN (SELECT ${idsIn('$6')})
ORDER BY ${version}, id LIMIT $7`;
}

const idList = (parameter: string): string => `string_to_array(nullif(${parameter}, ''), ',')::bigint[]`;

const RECORD = `
INSERT INTO verifications (
  subdomain, verification_id, started_at, ended_at, from_time, to_time, bound, deep, repair, windows, compared, missing, stale, extra,
  unconfirmed, repaired, requests, took_seconds, method, stream, missing_ids, stale_ids, extra_ids
) VALUES (
  $1, $2, to_timestamp($3::float8), now(), to_timestamp($4::float8), to_timestamp($5::float8), to_timestamp($6::float8), $7, $8, $9, $10,
  $11, $12, $13, $14, $15, $16, $17, $18, $19, ${idList('$20')}, ${idList('$21')}, ${idList('$22')}
) ON CONFLICT (subdomain, verification_id) DO NOTHING`;

/** In a database: DuckDB and PostgreSQL both understand these statements. */
export class SqlStoredRecords implements StoredRecords {
  /** @param index makes the statement for an index by `created_at`, where the store needs one */
  constructor(
    private readonly query: Query,
    private readonly index?: (stream: VerifiedStream) => string,
  ) {}

  async prepare(stream: VerifiedStream): Promise<void> {
    if (this.index !== undefined) await this.query(this.index(stream), []);
  }

  async count(subdomain: string, stream: VerifiedStream, window: Window): Promise<number> {
    const [row] = await this.query(`SELECT count(*) FROM ${stream} WHERE NOT deleted AND ${within(window)}`, [
      subdomain,
      window.from,
      window.to,
    ]);
    return Number(row?.[0] ?? 0);
  }

  async oldest(subdomain: string, stream: VerifiedStream): Promise<number | null> {
    const [row] = await this.query(`SELECT ${CREATED} FROM ${stream} WHERE subdomain = $1`, [subdomain]);
    const second = row?.[0] ?? null;
    return second === null ? null : Number(second);
  }

  async list(subdomain: string, stream: VerifiedStream, window: Window): Promise<readonly StoredRecord[]> {
    const rows = await this.query(`SELECT ${columnsOf(stream)} FROM ${stream} WHERE ${within(window)}`, [
      subdomain,
      window.from,
      window.to,
    ]);
    return rows.map(recordIn);
  }

  async withIds(
    subdomain: string,
    stream: VerifiedStream,
    ids: readonly number[],
  ): Promise<readonly StoredRecord[]> {
    const rows = await this.query(
      `SELECT ${columnsOf(stream)} FROM ${stream} WHERE subdomain = $1 AND id IN (SELECT ${idsIn('$2')})`,
      [subdomain, ids.join(',')],
    );
    return rows.map(recordIn);
  }

  async between(
    subdomain: string,
    stream: VerifiedStream,
    { after, upTo }: { readonly after: Place; readonly upTo: Place },
    without: readonly number[],
    most: number,
  ): Promise<readonly Place[]> {
    const bounds = [after.second, after.id, upTo.second, upTo.id];
    const rows = await this.query(between(stream), [subdomain, ...bounds, without.join(','), most]);
    return rows.map(([second, id]) => ({ second: Number(second), id: Number(id) }));
  }

  async newestPages(subdomain: string, stream: VerifiedStream): Promise<readonly LoggedPage[]> {
    const rows = await this.query(NEWEST_PAGES, [subdomain, stream]);
    return rows.map(([exportId, epoch, page, writtenAt, checkpoint]) => ({
      exportId: String(exportId),
      epoch: Number(epoch),
      page: Number(page),
      writtenAt: Number(writtenAt),
      checkpoint: String(checkpoint),
    }));
  }

  async record(row: VerificationRow): Promise<void> {
    const { subdomain, verificationId, startedAt, from, to, bound, deep, repair, ids } = row;
    const {
      windows,
      compared,
      missing,
      stale,
      extra,
      unconfirmed,
      repaired,
      requests,
      took,
      method,
      stream,
    } = row;
    await this.query(RECORD, [
      ...[subdomain, verificationId, startedAt, from, to, bound, deep, repair],
      ...[windows, compared, missing, stale, extra, unconfirmed, repaired, requests, took, method, stream],
      ...[ids.missing.join(','), ids.stale.join(','), ids.extra.join(',')],
    ]);
  }
}

function recordIn([id, updatedAt, deleted, version, supportType]: readonly unknown[]): StoredRecord {
  return {
    id: Number(id),
    updatedAt: updatedAt === null ? null : Number(updatedAt),
    deleted: deleted === true,
    version: Number(version),
    supportType: typeof supportType === 'string' ? supportType : null,
  };
}
