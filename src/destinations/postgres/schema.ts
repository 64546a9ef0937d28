import { type PoolClient } from 'pg';
import { STREAMS, streamNamed } from '../../streams';
import { DestinationRefused } from '../destination';
import { isReadFromRecords, nextFill } from '../fills';
import { ADVANCE_FILL, BEGIN_FILL, END_FILL, PRUNE_PAGES, READ_FILLS } from '../sql';
import {
  addColumn,
  foreignTables,
  createTable,
  missingFrom,
  otherType,
  presentIn,
  sqlName,
  sqlNames,
  tablesOf,
  type Column,
  type Dialect,
  type Present,
  type Table,
} from '../table';
import { fillRows } from './sql';

/** The oldest server that has `string_to_table` and column compression. */
const MINIMUM_VERSION = 14;

/** Of what a schema holds. It grows when an older release could not write there any more. */
const SCHEMA_VERSION = 3;

/** Any number: what matters is that every worker of every version locks the same one. */
const SCHEMA_LOCK = 7_391_846_250;

const TYPES: Record<Column['type'], string> = {
  integer: 'bigint',
  count: 'integer',
  number: 'double precision',
  boolean: 'boolean',
  text: 'text',
  time: 'timestamptz',
  json: 'jsonb',
  integers: 'bigint[]',
  texts: 'text[]',
};

const POSTGRES: Dialect = {
  typeOf: ({ type }) => TYPES[type],
  catalogTypeOf: ({ type }) => (type === 'time' ? 'timestamp with time zone' : TYPES[type]),
  long: '',
  addsRequired: true,
};

/** Whoever reads a table or view waits behind a change of it that waits itself. So that gives up soon, and is tried again. */
export const SHORT_WAIT = `SET LOCAL lock_timeout = '3s'`;

/** By name, with the types of their arguments. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  // One bad record must not fail the statement that holds a thousand. Other errors, such as a lack of memory, may pass.
  'jsonb_or_null(text)': `
CREATE FUNCTION jsonb_or_null(value text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN value::jsonb;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
  RETURN NULL;
END $$`,
  // Only what starts like a date: 'now' and 'infinity' are times to PostgreSQL too.
  'timestamptz_or_null(text)': `
CREATE FUNCTION timestamptz_or_null(value text) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN CASE WHEN value ~ '^\\d{4}-' THEN value::timestamptz END;
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END $$`,
  'date_or_null(text)': `
CREATE FUNCTION date_or_null(value text) RETURNS date LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN value::date;
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END $$`,
};

/** $1: names of tables. */
const FIND_COLUMNS = `
SELECT name, attname, format_type(atttypid, atttypmod)
FROM unnest($1::text[]) AS name JOIN pg_attribute ON attrelid = to_regclass(name)
WHERE attnum > 0 AND NOT attisdropped`;

/** $1: functions. */
const FIND_MISSING_FUNCTIONS = `SELECT name FROM unnest($1::text[]) AS name WHERE to_regprocedure(name) IS NULL`;

const VERSION_TABLE: Table = {
  name: 'zendesk_export_version',
  columns: [{ name: 'version', type: 'count', isRequired: true, default: null, isLong: false }],
  key: [],
  indexes: [],
};

/** One worker at a time makes or changes tables, until the end of the transaction. */
export async function lockSchema(client: PoolClient): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
}

/**
 * Makes what is missing of the schema, and notes which columns old rows must be filled with. Where nothing is missing it
 * creates nothing: even `IF NOT EXISTS` would ask for the right to create.
 * @param server for messages
 */
export async function makeSchema(client: PoolClient, server: string): Promise<void> {
  await refuseOldServer(client, server);
  const tables = [...tablesOf(), VERSION_TABLE];
  const present = await presentTables(client, tables);
  await refuseNewerSchema(client, server, present);
  const [foreign] = foreignTables(present, tables);
  if (foreign !== undefined)
    throw new DestinationRefused(
      `${server}: there is a table ${foreign.name} that the export did not make. Name a schema of the export's own with ?schema=, then resume.`,
    );
  const other = otherType(present, tables, POSTGRES);
  if (other !== undefined)
    throw new DestinationRefused(
      `${server}: ${other}. Change its type, or name another schema with ?schema=, then resume.`,
    );
  const missing = missingFrom(present, tables);
  for (const name of await missingFunctions(client)) await client.query(FUNCTIONS[name] ?? '');
  for (const table of missing.tables) await makeTable(client, table);
  if (missing.columns.length > 0) await client.query(SHORT_WAIT);
  for (const { table, column } of missing.columns) {
    await client.query(addColumn(table, column, POSTGRES));
    if (isReadFromRecords(table, column)) await client.query(BEGIN_FILL, [table.name, column.name]);
    for (const index of table.indexes.filter((columns) => columns.includes(column.name)))
      await client.query(createIndex(table.name, index));
  }
  if (missing.tables.length + missing.columns.length > 0) await writeVersion(client);
}

async function refuseOldServer(client: PoolClient, server: string): Promise<void> {
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  const version = rows[0]?.server_version ?? '';
  if (Number.parseInt(version, 10) >= MINIMUM_VERSION) return;
  throw new DestinationRefused(
    `${server} runs version ${version}. Name a server of version ${MINIMUM_VERSION} or newer, then resume.`,
  );
}

async function refuseNewerSchema(client: PoolClient, server: string, present: Present): Promise<void> {
  if (!present.has(VERSION_TABLE.name)) return;
  const { rows } = await client.query<{ version: number }>('SELECT version FROM zendesk_export_version');
  const version = rows[0]?.version ?? 0;
  if (version <= SCHEMA_VERSION) return;
  throw new DestinationRefused(
    `${server}: the tables have version ${version}, made by a newer release; this one knows up to ${SCHEMA_VERSION}. ` +
      'Upgrade the worker, then resume.',
  );
}

async function writeVersion(client: PoolClient): Promise<void> {
  const { rowCount } = await client.query('UPDATE zendesk_export_version SET version = $1', [SCHEMA_VERSION]);
  if (rowCount === 0)
    await client.query('INSERT INTO zendesk_export_version (version) VALUES ($1)', [SCHEMA_VERSION]);
}

async function presentTables(client: PoolClient, tables: readonly Table[]): Promise<Present> {
  const { rows } = await client.query<unknown[]>({
    text: FIND_COLUMNS,
    values: [tables.map(({ name }) => name)],
    rowMode: 'array',
  });
  return presentIn(rows);
}

async function missingFunctions(client: PoolClient): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(FIND_MISSING_FUNCTIONS, [Object.keys(FUNCTIONS)]);
  return rows.map(({ name }) => name);
}

async function makeTable(client: PoolClient, table: Table): Promise<void> {
  const { name, columns } = table;
  await client.query(createTable(table, POSTGRES));
  for (const index of table.indexes) await client.query(createIndex(name, index));
  const long = columns
    .filter(({ isLong }) => isLong)
    .map((column) => `ALTER ${sqlName(column.name)} SET COMPRESSION lz4`);
  if (long.length === 0) return;
  // Compressing is half the work of a page with pglz.
  await client.query(`
DO $$
BEGIN
  IF 'lz4' = ANY ((SELECT enumvals FROM pg_settings WHERE name = 'default_toast_compression')::text[]) THEN
    ALTER TABLE ${name} ${long.join(', ')};
  END IF;
END $$`);
}

function indexName(table: string, columns: readonly string[]): string {
  return `${table}_by_${columns.at(-1) ?? ''}`;
}

function createIndex(table: string, columns: readonly string[]): string {
  return `CREATE INDEX ${indexName(table, columns)} ON ${table} (${sqlNames(columns)})`;
}

/** Of a table that an earlier release has made. Writers wait until it is there, readers do not. */
export async function makeMissingIndex(
  client: PoolClient,
  table: string,
  columns: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [
    indexName(table, columns),
  ]);
  if (rows[0]?.found !== true) await client.query(createIndex(table, columns));
}

/**
 * Fills the next rows of the columns that were added to tables, out of the records.
 * @returns whether rows are left
 */
export async function fillSomeRows(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ stream: string; column_name: string; subdomain: string; id: string }>(
    `${READ_FILLS} FOR UPDATE`,
  );
  const fill = nextFill(
    rows.map(({ stream, column_name, subdomain, id }) => ({
      stream,
      column: column_name,
      subdomain,
      id: Number(id),
    })),
  );
  if (fill === undefined) return false;
  const { stream, columns, after } = fill;
  const found = await client.query<{ subdomain: string; id: string }>(
    fillRows(STREAMS[streamNamed(stream)], columns),
    [after.subdomain, after.id],
  );
  const [last] = found.rows;
  for (const column of columns) {
    if (last === undefined) await client.query(END_FILL, [stream, column]);
    else await client.query(ADVANCE_FILL, [stream, column, last.subdomain, last.id]);
  }
  return true;
}

/** Where the user may delete: pages are written without that right, too. */
export async function prunePages(client: PoolClient, subdomain: string): Promise<void> {
  const { rows } = await client.query<{ may: boolean }>(
    `SELECT has_table_privilege('export_pages', 'DELETE') AS may`,
  );
  if (rows[0]?.may === true) await client.query(PRUNE_PAGES, [subdomain]);
}
