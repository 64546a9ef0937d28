import { STREAMS, TABLE_NAMES } from '../streams';
import { isList, type ColumnType, type Stream } from '../streams/stream';

/** A table of the export, in the same words for every store. */
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  /** The columns of its primary key; none for a table without one. */
  readonly key: readonly string[];
  /** What PostgreSQL indexes besides: the columns of each index. */
  readonly indexes: readonly (readonly string[])[];
}

export interface Column {
  readonly name: string;
  /** `count` has 32 bits. */
  readonly type: ColumnType | 'count';
  readonly isRequired: boolean;
  /** Of rows that are older than the column, as an SQL literal; null: none. */
  readonly default: string | null;
  /** Its values are long: stores compress them. */
  readonly isLong: boolean;
}

function required(columns: Readonly<Record<string, Column['type']>>): Column[] {
  return optional(columns).map((column) => ({ ...column, isRequired: true }));
}

function optional(columns: Readonly<Record<string, Column['type']>>): Column[] {
  return Object.entries(columns).map(([name, type]) => ({
    name,
    type,
    isRequired: false,
    default: null,
    isLong: false,
  }));
}

/** Which stream a row is of; rows from before there were several are of tickets. */
const STREAM: Column = {
  name: 'stream',
  type: 'text',
  isRequired: true,
  default: `'tickets'`,
  isLong: false,
};

const ACCOUNT = { subdomain: 'text' } as const;

/**
 * The table of a stream's records. Tables that earlier releases made for sideloads have no version: their rows are older than
 * any copy that comes.
 */
export function tableOf(stream: Stream): Table {
  const { name, id, version, columns, longColumns, lookedUpBy, raw } = stream;
  return {
    name,
    columns: [
      ...required({ ...ACCOUNT, id: id.type }),
      ...required({ [version.column]: 'integer' }).map((column) => ({ ...column, default: '0' })),
      // In quotes it is a constant to DuckDB, which adds no column after one with another default in the same transaction.
      ...required({ deleted: 'boolean' }).map((column) => ({ ...column, default: `'false'` })),
      ...optional(columns).map((column) => ({ ...column, isLong: longColumns.includes(column.name) })),
      ...required({ [raw]: 'json' }).map((column) => ({ ...column, isLong: true })),
      ...(isList(stream) ? optional({ [SWEPT_AT]: 'time' }) : []),
    ],
    key: ['subdomain', 'id'],
    indexes: [['subdomain', version.column], ...(lookedUpBy === undefined ? [] : [[lookedUpBy]])],
  };
}

const PAGE_LOG: Table = {
  name: 'export_pages',
  columns: [
    ...required({ ...ACCOUNT, export_id: 'text', epoch: 'count', page: 'count', position: 'text' }),
    // Records of whatever stream; the name is older than the others.
    ...required({ tickets: 'count', quarantined: 'count' }),
    ...optional({ first_generated: 'integer', last_generated: 'integer' }),
    ...required({ written_at: 'time', checkpoint: 'text' }),
    STREAM,
  ],
  // The numbers of pages are unique in an export, whatever their stream.
  key: ['subdomain', 'export_id', 'epoch', 'page'],
  indexes: [],
};

const QUARANTINE: Table = {
  name: 'quarantine',
  columns: [
    ...required({ ...ACCOUNT, digest: 'text', reason: 'text', position: 'text', record: 'text' }),
    ...required({ quarantined_at: 'time' }),
    STREAM,
  ],
  key: ['subdomain', 'digest'],
  indexes: [],
};

/** Columns that were added to a table, and the last row that has their values; `filled_at` once all rows have them. */
const COLUMN_FILLS: Table = {
  name: 'column_fills',
  columns: [
    ...required({ stream: 'text', column_name: 'text', subdomain: 'text', id: 'integer' }),
    ...optional({ filled_at: 'time' }),
  ],
  key: ['stream', 'column_name'],
  indexes: [],
};

const TICKET_FIELDS: Table = {
  name: 'ticket_fields',
  columns: [
    ...required({ ...ACCOUNT, id: 'integer', title: 'text', type: 'text', active: 'boolean' }),
    ...required({ column_name: 'text', column_type: 'text' }),
    ...optional({ note: 'text' }),
    ...required({ read_at: 'time' }),
  ],
  key: [],
  indexes: [['subdomain', 'id']],
};

const TICKET_FIELD_OPTIONS: Table = {
  name: 'ticket_field_options',
  columns: required({ ...ACCOUNT, field_id: 'integer', value: 'text', name: 'text' }),
  key: [],
  indexes: [['subdomain', 'field_id']],
};

const VERIFICATIONS: Table = {
  name: 'verifications',
  columns: [
    ...required({ ...ACCOUNT, verification_id: 'text', started_at: 'time', ended_at: 'time' }),
    ...required({ from_time: 'time', to_time: 'time', bound: 'time', deep: 'boolean', repair: 'boolean' }),
    ...required({ windows: 'integer', compared: 'integer', missing: 'integer', stale: 'integer' }),
    ...required({ extra: 'integer', unconfirmed: 'integer', repaired: 'integer', requests: 'integer' }),
    ...required({ took_seconds: 'integer' }),
    ...optional({ missing_ids: 'integers', stale_ids: 'integers', extra_ids: 'integers' }),
    ...required({ method: 'text' }).map((column) => ({ ...column, default: `'search'` })),
    STREAM,
  ],
  key: ['subdomain', 'verification_id'],
  indexes: [],
};

const ALL_STREAMS = TABLE_NAMES.map((name) => STREAMS[name]);

/** Every table that a database has, given its streams. */
export function tablesOf(streams: readonly Stream[] = ALL_STREAMS): readonly Table[] {
  return [
    ...streams.map(tableOf),
    ...[PAGE_LOG, QUARANTINE, COLUMN_FILLS, TICKET_FIELDS, TICKET_FIELD_OPTIONS, VERIFICATIONS],
  ];
}

/**
 * When the sweep began that saw a record of a list last, or found it gone. A copy that came with other records has the time when it
 * was written.
 */
export const SWEPT_AT = 'swept_at';

/** What a page writes of a record besides its key: its version, whether it is deleted, the typed columns, its JSON. */
export function writtenColumns(stream: Stream): readonly string[] {
  const { version, columns, raw } = stream;
  const written = [version.column, 'deleted', ...Object.keys(columns), raw];
  return isList(stream) ? [...written, SWEPT_AT] : written;
}

/** One of our names in SQL: Zendesk's keys may be words of that language, such as `primary`. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function sqlNames(names: readonly string[]): string {
  return names.map(sqlName).join(', ');
}

/** PostgreSQL cuts a longer name. */
export const LONGEST_NAME = 63;

/** A text as a literal of SQL. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The columns of the tables that are there, each with its type as the store's catalog calls it. */
export type Present = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** @param rows table, column and type of each column that is there */
export function presentIn(rows: readonly (readonly unknown[])[]): Present {
  const present = new Map<string, Map<string, string>>();
  for (const [table, column, type] of rows) {
    const columns = present.get(String(table)) ?? new Map<string, string>();
    present.set(String(table), columns.set(String(column), String(type)));
  }
  return present;
}

/** What is missing. Tables and columns of the user's own are left alone. */
export interface Missing {
  readonly tables: readonly Table[];
  readonly columns: readonly { readonly table: Table; readonly column: Column }[];
}

export function missingFrom(present: Present, wanted: readonly Table[]): Missing {
  return {
    tables: wanted.filter(({ name }) => !present.has(name)),
    columns: wanted.flatMap((table) => {
      const there = present.get(table.name);
      if (there === undefined) return [];
      return table.columns.filter(({ name }) => !there.has(name)).map((column) => ({ table, column }));
    }),
  };
}

/** Tables of somebody else with a name of the export's: they lack columns that every release has made. */
export function foreignTables(present: Present, wanted: readonly Table[]): readonly Table[] {
  return wanted.filter(({ name, columns }) => {
    const there = present.get(name);
    return columns.some(
      (column) => column.isRequired && column.default === null && there?.has(column.name) === false,
    );
  });
}

/** Says which column of the export's has another type than it must have; undefined when none has. */
export function otherType(
  present: Present,
  wanted: readonly Table[],
  { catalogTypeOf }: Dialect,
): string | undefined {
  for (const { name, columns } of wanted) {
    for (const column of columns) {
      const type = present.get(name)?.get(column.name);
      const needed = catalogTypeOf(column);
      if (type !== undefined && type !== needed)
        return `the column ${name}.${column.name} has the type ${type}, and the export needs ${needed}`;
    }
  }
  return undefined;
}

/** A store's words for the parts of a table. */
export interface Dialect {
  readonly typeOf: (column: Column) => string;
  /** The same type, as the store's catalog calls it. */
  readonly catalogTypeOf: (column: Column) => string;
  /** What stands behind the type of a long column. */
  readonly long: string;
  /** Whether a column can be added that must have a value. */
  readonly addsRequired: boolean;
}

export function createTable({ name, columns, key }: Table, dialect: Dialect): string {
  const parts = columns.map((column) => definition(column, dialect, column.isRequired));
  const primary = key.length === 0 ? [] : [`PRIMARY KEY (${sqlNames(key)})`];
  return `CREATE TABLE ${name} (\n  ${[...parts, ...primary].join(',\n  ')}\n)`;
}

/** Of a table that may have rows: they get the default, or nothing. */
export function addColumn({ name }: Table, column: Column, dialect: Dialect): string {
  const isRequired = column.isRequired && column.default !== null && dialect.addsRequired;
  return `ALTER TABLE ${name} ADD COLUMN ${definition(column, dialect, isRequired)}`;
}

function definition(column: Column, { typeOf, long }: Dialect, isRequired: boolean): string {
  const value = column.default === null ? '' : ` DEFAULT ${column.default}`;
  return `${sqlName(column.name)} ${typeOf(column)}${isRequired ? ' NOT NULL' : ''}${value}${column.isLong ? long : ''}`;
}
