import { STREAMS, type StreamName } from '../../streams';
import { isList, type Id, type Stream } from '../../streams/stream';
import { ROWS_AT_ONCE } from '../fills';
import { momentIn, noteSeen, replaceOlder } from '../sql';
import { sqlName, sqlNames, SWEPT_AT, writtenColumns } from '../table';
import { duckDbType, recordsIn } from './dialect';
import { readPlainRecords, readRecords } from './readRecords';

export const IS_IN_FILE =
  'SELECT path IS NOT NULL FROM duckdb_databases() WHERE database_name = current_database()';

export const FIND_COLUMNS = `
SELECT table_name, column_name, data_type FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = current_schema()`;

/** Rows on their way in, and what is there of them, by the type of their ids. */
const STAGING: Readonly<Record<Id['type'], { readonly staged: string; readonly stored: string }>> = {
  integer: { staged: 'staged', stored: 'stored' },
  text: { staged: 'staged_texts', stored: 'stored_texts' },
};

/** JSON is NULL where DuckDB cannot hold it; asking that of the JSON itself would read all of it. */
export const CREATE_STAGING = (['integer', 'text'] as const)
  .map(
    (type) => `
CREATE TEMP TABLE IF NOT EXISTS ${STAGING[type].staged} (id ${duckDbType(type)}, version BIGINT, deleted BOOLEAN, json JSON, is_held BOOLEAN);
CREATE TEMP TABLE IF NOT EXISTS ${STAGING[type].stored} (id ${duckDbType(type)});`,
  )
  .join('');

const list = (parameter: string, type: string): string =>
  `unnest(string_split(${parameter}, ',')::${type}[])`;
const idsIn = (type: Id['type']): string =>
  // A text may hold a comma.
  type === 'integer' ? list('$1', 'BIGINT') : `unnest(from_json($1, '["VARCHAR"]'))`;
const records = (parameter: string): string => `TRY_CAST(${recordsIn(parameter)} AS JSON)`;

/** How records are read: where all are plain, in a hurry. */
const READS = { plain: readPlainRecords, any: readRecords };
export type Read = keyof typeof READS;

/** The statements of one stream. */
export interface Statements {
  /** $1: ids, with commas between, or as JSON where they are texts; $2: versions, $3: deleted, with commas; $4: the records. */
  readonly stage: string;
  /**
   * $1: subdomain. Of those that DuckDB can hold. Once per page, with the page as the small side of the join: 3 ms, and 1.3 ms
   * more at a million rows.
   */
  readonly findStored: string;
  /** $1: subdomain; $2, of lists alone: when the sweep began, in Unix seconds, or NULL. */
  readonly update: Readonly<Record<Read, string>>;
  /** The same. Apart from `update`, because ON CONFLICT doubles the cost of a row that has none (26 → 68 ms a page). */
  readonly insert: Readonly<Record<Read, string>>;
  /** $1: subdomain, $2: when the sweep began. */
  readonly noteSeen: string;
  readonly findUnstorable: string;
  readonly clear: string;
}

const statements = new Map<StreamName, Statements>();

export function statementsOf(name: StreamName): Statements {
  const known = statements.get(name) ?? makeStatements(STREAMS[name]);
  statements.set(name, known);
  return known;
}

function makeStatements(stream: Stream): Statements {
  const { name, id } = stream;
  const { staged, stored } = STAGING[id.type];
  return {
    stage: `
INSERT INTO ${staged} SELECT *, json IS NOT NULL FROM (
  SELECT ${idsIn(id.type)}, ${list('$2', 'BIGINT')}, ${list('$3', 'BOOLEAN')}, ${records('$4')} AS json
)`,
    findStored: `
INSERT INTO ${stored} SELECT id FROM ${name} SEMI JOIN (SELECT id FROM ${staged} WHERE is_held) USING (id) WHERE subdomain = $1`,
    update: { plain: update(stream, 'plain'), any: update(stream, 'any') },
    insert: { plain: insert(stream, 'NOT IN', 'plain'), any: insert(stream, 'NOT IN', 'any') },
    noteSeen: noteSeen(stream, `IN (SELECT id FROM ${staged})`, momentIn('$2')),
    findUnstorable: `SELECT id FROM ${staged} WHERE NOT is_held`,
    clear: `DELETE FROM ${staged}; DELETE FROM ${stored}`,
  };
}

function insert(stream: Stream, which: 'IN' | 'NOT IN', read: Read): string {
  const { name, id, version, raw } = stream;
  const { staged: from, stored } = STAGING[id.type];
  const written = sqlNames(['id', ...writtenColumns(stream)]);
  const swept = isList(stream) ? `, coalesce(${momentIn('$2')}, now()) AS ${SWEPT_AT}` : '';
  const staged = `(
    SELECT id, version AS ${version.column}, deleted, json AS ${raw}${swept} FROM ${from}
    WHERE is_held AND id ${which} (SELECT id FROM ${stored})
  )`;
  return `
INSERT INTO ${name} (subdomain, ${written})
SELECT $1, ${written} FROM ${READS[read](stream, staged)}`;
}

function update(stream: Stream, read: Read): string {
  return `${insert(stream, 'IN', read)}${replaceOlder(stream, momentIn('$2'))}`;
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
