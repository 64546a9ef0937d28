/** What a typed column holds, whatever a store calls that type. */
export type ColumnType = 'integer' | 'number' | 'boolean' | 'text' | 'time' | 'json' | 'integers' | 'texts';

/**
 * One kind of record that an export reads, as data: it crosses into the workflow sandbox and into the thread that parses
 * pages, and becomes SQL.
 */
export interface Stream {
  /** Also the name of its table, of its folder, and its label in metrics. */
  readonly name: string;
  /** What people call one record. */
  readonly noun: string;
  /** The key of the list of records in an answer. */
  readonly list: string;
  readonly paging: IncrementalPaging;
  /** The key, and the column, of what orders two copies of a record: Unix seconds. */
  readonly version: string;
  /** A record is deleted when the value of `key` is `is`. */
  readonly deleted: { readonly key: string; readonly is: string };
  /** The column that keeps a record as Zendesk sent it. */
  readonly raw: string;
  /**
   * The documented keys with a typed column, besides `id` and the version. A value of another type becomes NULL there, in a
   * text column its JSON; the complete record is kept beside it.
   */
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Columns with long values, which stores compress. */
  readonly longColumns: readonly string[];
  /** Documented keys without a column; any other key is reported as new. */
  readonly otherKeys: readonly string[];
  readonly sideloads: readonly Sideload[];
  /** The key of the account's custom fields in a record. */
  readonly customFields: string;
}

/** Pages by time, and by cursor. */
export interface IncrementalPaging {
  readonly kind: 'incremental';
  /** Below `/api/v2/`; the cursor endpoint is `<path>/cursor`. */
  readonly path: string;
}

export interface Sideload {
  readonly name: string;
  /** Its objects have a table of its name; the others stay inside their record. */
  readonly hasTable: boolean;
  /** The key that holds it within a record; absent where it lies beside the records. */
  readonly nestedIn?: string;
}

/** The names of a stream's sideloads that have a table. */
export function sideloadTables({ sideloads }: Stream): readonly string[] {
  return sideloads.filter(({ hasTable }) => hasTable).map(({ name }) => name);
}

/** Every key that Zendesk documents for a record. */
export function documentedKeys({ version, columns, otherKeys, sideloads }: Stream): ReadonlySet<string> {
  const nested = sideloads.flatMap(({ nestedIn }) => nestedIn ?? []);
  return new Set(['id', version, ...Object.keys(columns), ...otherKeys, ...nested]);
}
