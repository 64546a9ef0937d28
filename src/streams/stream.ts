/** What a typed column holds, whatever a store calls that type. */
export type ColumnType = 'integer' | 'number' | 'boolean' | 'text' | 'time' | 'json' | 'integers' | 'texts';

/**
 * One kind of record, as data: it crosses into the workflow sandbox and into the thread that parses pages, and becomes SQL.
 */
export interface Stream {
  /** Also the name of its table, of its folder, and its label in metrics. */
  readonly name: string;
  /** What people call one record. */
  readonly noun: string;
  /** The key of the list of records in an answer. */
  readonly list: string;
  readonly id: Id;
  readonly paging: Paging;
  readonly version: Version;
  /** When a record counts as deleted; null: never. */
  readonly deleted: Deleted | null;
  /** The column that keeps a record as Zendesk sent it. */
  readonly raw: string;
  /**
   * The documented keys with a typed column, besides the id and the version. A value of another type becomes NULL there, in a
   * text column its JSON; the complete record is kept beside it.
   */
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Columns with long values, which stores compress. */
  readonly longColumns: readonly string[];
  /** A column by which readers look records up: PostgreSQL indexes it. */
  readonly lookedUpBy?: string;
  /** Documented keys without a column; any other key is reported as new. */
  readonly otherKeys: readonly string[];
  readonly sideloads: readonly Sideload[];
}

/** The key that names a record within its account. */
export interface Id {
  readonly key: string;
  readonly type: 'integer' | 'text';
}

/** What orders two copies of a record: Unix seconds. */
export interface Version {
  /** Of a record. */
  readonly key: string;
  /** How it is written: Unix seconds, or ISO 8601. */
  readonly form: 'seconds' | 'time';
  readonly column: string;
  /** Whether a record without it is one: its version is 0 then. */
  readonly isOptional: boolean;
}

/** A record is deleted when the value of `key` is `is`, or, with `isSet`, anything but null. */
export type Deleted =
  { readonly key: string; readonly is: string | boolean } | { readonly key: string; readonly isSet: true };

/** The limits that Zendesk counts requests against. */
export type Bucket = 'export' | 'users' | 'account';

export type Paging = IncrementalPaging | ListPaging | { readonly kind: 'sideload' };

/** Pages by time, and by cursor where there is such a twin. */
export interface IncrementalPaging {
  readonly kind: 'incremental';
  /** Below `/api/v2/`. */
  readonly path: string;
  readonly cursor: CursorPaging | null;
  /** The endpoint that is read where the operator names none. */
  readonly prefers: Endpoint;
  /** Whether records are known to come in the order of their versions. */
  readonly isOrdered: boolean;
  /** Parameters of the export's input that it knows. */
  readonly filters: readonly Filter[];
}

/** A list, which is read whole again and again: a sweep. What it no longer holds is deleted. */
export interface ListPaging {
  readonly kind: 'list';
  /** Below `/api/v2/`. */
  readonly path: string;
  /** Records of one page; null: all of them come at once. */
  readonly perPage: number | null;
  readonly query: Readonly<Record<string, string>>;
  /** Each record of that stream has a list of its own: its id stands for `{id}` in the path, and in the records under `key`. */
  readonly of: { readonly stream: string; readonly key: string } | null;
}

export type Endpoint = 'time' | 'cursor';

export type Filter = 'supportTypeScope' | 'excludeDeleted' | 'excludeSystemUpdates';

export interface CursorPaging {
  /** Below `/api/v2/`. */
  readonly path: string;
  /** Its parameters and answers: of the incremental export (`cursor`, `per_page`), or of lists (`page[after]`, `page[size]`). */
  readonly style: 'export' | 'list';
  readonly bucket: Bucket;
  readonly mostPerPage: number;
}

/** What comes with a stream's records when its name is in `include`. */
export interface Sideload {
  /** Also the key of its list, where that lies beside the records. */
  readonly name: string;
  /** The stream whose table its objects are written to; null: they stay inside their record. */
  readonly table: string | null;
  /** The key that holds it within a record; absent where it lies beside the records. */
  readonly nestedIn?: string;
}

/** Every key that Zendesk documents for a record. */
export function documentedKeys({ id, version, columns, otherKeys, sideloads }: Stream): ReadonlySet<string> {
  const nested = sideloads.flatMap(({ nestedIn }) => nestedIn ?? []);
  return new Set([id.key, version.key, ...Object.keys(columns), ...otherKeys, ...nested]);
}

/** Whether it is a list, which is read whole again and again. */
export function isList({ paging }: Pick<Stream, 'paging'>): boolean {
  return paging.kind === 'list';
}

/** The version of most records: the time of their last change. */
export const UPDATED_AT: Version = {
  key: 'updated_at',
  form: 'time',
  column: 'version',
  isOptional: false,
};

export const INTEGER_ID: Id = { key: 'id', type: 'integer' };

/** Defaults shared by most streams. */
export const COMMON = {
  id: INTEGER_ID,
  version: UPDATED_AT,
  deleted: null,
  raw: 'object',
  longColumns: [],
  otherKeys: [],
  sideloads: [],
} satisfies Partial<Stream>;

/** Defaults shared by lists. Not all of their records have a time, and not every change moves it. */
export const LISTED = { ...COMMON, version: { ...UPDATED_AT, isOptional: true } } satisfies Partial<Stream>;

/** By cursor, the way that Zendesk recommends, in its largest pages. */
export const PAGES = { kind: 'list', perPage: 100, query: {}, of: null } satisfies Omit<ListPaging, 'path'>;

/** Lists that come in one answer. */
export const WHOLE = { ...PAGES, perPage: null } satisfies Omit<ListPaging, 'path'>;

/** Defaults shared by streams that come with the records of others, and of which only the raw records are kept. */
export const SIDELOADED = {
  ...LISTED,
  paging: { kind: 'sideload' },
  columns: { updated_at: 'time' },
} satisfies Omit<Stream, 'name' | 'noun' | 'list'>;
