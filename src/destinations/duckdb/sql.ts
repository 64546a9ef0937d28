import { STREAMS, type StreamName } from '../../streams';
import type { Stream } from '../../streams/stream';
import { ROWS_AT_ONCE } from '../fills';
import { replaceOlder } from '../sql';
import { sqlName, sqlNames, writtenColumns } from '../table';
import { recordsIn } from './dialect';
import { readPlainRecords, readRecords } from './readRecords';

export const IS_IN_FILE =
  'SELECT path IS NOT NULL FROM duckdb_databases() WHERE database_name = current_database()';

export const FIND_COLUMNS = `
SELECT table_name, column_name, data_type FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = current_schema()`;

/** Rows on their way in; JSON is NULL where DuckDB cannot hold it. */
export const CREATE_STAGING = `
CREATE TEMP TABLE IF NOT EXISTS staged (id BIGINT, version BIGINT, deleted BOOLEAN, json JSON);
CREATE TEMP TABLE IF NOT EXISTS stored (id BIGINT);`;

const list = (parameter: string, type: string): string =>
  `unnest(string_split(${parameter}, ',')::${type}[])`;
const records = (parameter: string): string => `TRY_CAST(${recordsIn(parameter)} AS JSON)`;

/** $1: ids, $2: versions, $3: deleted, each with commas between; $4: the records. */
export const STAGE = `
INSERT INTO staged SELECT ${list('$1', 'BIGINT')}, ${list('$2', 'BIGINT')}, ${list('$3', 'BOOLEAN')}, ${records('$4')}`;

export const FIND_UNSTORABLE = 'SELECT id FROM staged WHERE json IS NULL';

/** How records are read: where all are plain, in a hurry. */
const READS = { plain: readPlainRecords, any: readRecords };
export type Read = keyof typeof READS;

/** The statements of one stream. */
export interface Statements {
  /** $1: subdomain. Once per page, with the page as the small side of the join: 3 ms, and 1.3 ms more at a million rows. */
  readonly findStored: string;
  /** $1: subdomain. */
  readonly update: Readonly<Record<Read, string>>;
  /** $1: subdomain. Apart from `update`, because ON CONFLICT doubles the cost of a row that has none (26 → 68 ms a page). */
  readonly insert: Readonly<Record<Read, string>>;
}

const statements = new Map<StreamName, Statements>();

export function statementsOf(name: StreamName): Statements {
  const known = statements.get(name) ?? makeStatements(STREAMS[name]);
  statements.set(name, known);
  return known;
}

function makeStatements(stream: Stream): Statements {
  const { name } = stream;
  return {
    findStored: `INSERT INTO stored SELECT id FROM ${name} SEMI JOIN staged USING (id) WHERE subdomain = $1`,
    update: { plain: update(stream, 'plain'), any: update(stream, 'any') },
    insert: { plain: insert(stream, 'NOT IN', 'plain'), any: insert(stream, 'NOT IN', 'any') },
  };
}

function insert(stream: Stream, which: 'IN' | 'NOT IN', read: Read): string {
  const { name, version, raw } = stream;
  const written = sqlNames(['id', ...writtenColumns(stream)]);
  const staged = `(
    SELECT id, version AS ${version.column}, deleted, json AS ${raw} FROM staged
    WHERE json IS NOT NULL AND id ${which} (SELECT id FROM stored)
  )`;
  return `
INSERT INTO ${name} (subdomain, ${written})
SELECT $1, ${written} FROM ${READS[read](stream, staged)}`;
}

function update(stream: Stream, read: Read): string {
  return `${insert(stream, 'IN', read)}${replaceOlder(stream)}`;
}

/** $1, $2: the row before. The rows after it, by their key. */
function rowsAfter({ name, raw }: Stream): string {
  return `
SELECT subdomain, id, ${raw} FROM ${name} WHERE (subdomain, id) > ($1, $2::BIGINT) ORDER BY subdomain, id LIMIT ${ROWS_AT_ONCE}`;
}

/** $1, $2: the row before. Answers the last of the rows that come next. */
export function lastOfRows(stream: Stream): string {
  return `SELECT subdomain, id FROM (${rowsAfter(stream)}) ORDER BY subdomain DESC, id DESC LIMIT 1`;
}

/**
 * $1, $2: the row before. Fills columns of the rows that come next, of those whose records have such a key: in the others the
 * columns are NULL, as they should be.
 */
export function fillRows(stream: Stream, columns: readonly string[]): string {
  const { name, raw } = stream;
  const filled = columns.map((column) => `${sqlName(column)} = filled.${sqlName(column)}`).join(', ');
  const hasKey = columns.map((column) => `json_exists(${raw}, '$.${column}')`).join(' OR ');
  const rows = `(SELECT * FROM (${rowsAfter(stream)}) WHERE ${hasKey})`;
  return `
UPDATE ${name} SET ${filled} FROM ${readRecords(stream, rows)} AS filled
WHERE ${name}.subdomain = filled.subdomain AND ${name}.id = filled.id`;
}

/** $1: subdomain, $2: stream, $3: digest, $4: reason, $5: position, $6: record. */
export const QUARANTINE = `
INSERT INTO quarantine (subdomain, stream, digest, reason, position, record, quarantined_at)
VALUES ($1, $2, $3, $4, $5, $6, now()) ON CONFLICT DO NOTHING`;

/** $1: subdomain, $2: digest. */
export const RELEASE = `DELETE FROM quarantine WHERE subdomain = $1 AND digest = $2`;
