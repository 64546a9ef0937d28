import { sideloadTables } from '../../streams/stream';
import { tickets } from '../../streams/tickets';
import { COLUMNS, recordsIn } from './columns';
import { readPlainTickets, readTickets, time } from './readTickets';

const names = COLUMNS.map(({ name }) => name);

export const IS_IN_FILE =
  'SELECT path IS NOT NULL FROM duckdb_databases() WHERE database_name = current_database()';

/** A fifth of the size that DuckDB's own choice comes to, and half of the work. */
const ZSTD = ' USING COMPRESSION zstd';
const LONG = new Set(['description', 'custom_fields']);

export const CREATE_TABLES = `
CREATE TABLE IF NOT EXISTS tickets (
  subdomain VARCHAR NOT NULL,
  id BIGINT NOT NULL,
  generated_timestamp BIGINT NOT NULL,
  deleted BOOLEAN NOT NULL,
  ${COLUMNS.map(({ name, type }) => `${name} ${type}${LONG.has(name) ? ZSTD : ''}`).join(',\n  ')},
  ticket JSON NOT NULL${ZSTD},
  PRIMARY KEY (subdomain, id)
);
CREATE TABLE IF NOT EXISTS export_pages (
  subdomain VARCHAR NOT NULL,
  export_id VARCHAR NOT NULL,
  epoch INTEGER NOT NULL,
  page INTEGER NOT NULL,
  position VARCHAR NOT NULL,
  tickets INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  first_generated BIGINT,
  last_generated BIGINT,
  written_at TIMESTAMPTZ NOT NULL,
  checkpoint VARCHAR NOT NULL,
  PRIMARY KEY (subdomain, export_id, epoch, page)
);
CREATE TABLE IF NOT EXISTS quarantine (
  subdomain VARCHAR NOT NULL,
  digest VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  position VARCHAR NOT NULL,
  record VARCHAR NOT NULL,
  quarantined_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (subdomain, digest)
);
${sideloadTables(tickets)
  .map(
    (table) => `CREATE TABLE IF NOT EXISTS ${table} (
  subdomain VARCHAR NOT NULL,
  id BIGINT NOT NULL,
  updated_at TIMESTAMPTZ,
  object JSON NOT NULL,
  PRIMARY KEY (subdomain, id)
);`,
  )
  .join('\n')}`;

/** Rows on their way in; JSON is NULL where DuckDB cannot hold it. */
export const CREATE_STAGING = `
CREATE TEMP TABLE IF NOT EXISTS staged (id BIGINT, generated_timestamp BIGINT, deleted BOOLEAN, ticket JSON);
CREATE TEMP TABLE IF NOT EXISTS stored (id BIGINT);
CREATE TEMP TABLE IF NOT EXISTS staged_objects (id BIGINT, object JSON);`;

const list = (parameter: string, type: string): string =>
  `unnest(string_split(${parameter}, ',')::${type}[])`;
const records = (parameter: string): string => `TRY_CAST(${recordsIn(parameter)} AS JSON)`;

/** $1: ids, $2: versions, $3: deleted, each with commas between; $4: the tickets. */
export const STAGE = `
INSERT INTO staged SELECT ${list('$1', 'BIGINT')}, ${list('$2', 'BIGINT')}, ${list('$3', 'BOOLEAN')}, ${records('$4')}`;

export const FIND_UNSTORABLE = 'SELECT id FROM staged WHERE ticket IS NULL';

/** $1: subdomain. Once per page, with the page as the small side of the join: 3 ms, and 1.3 ms more at a million rows. */
export const FIND_STORED = `INSERT INTO stored SELECT id FROM tickets SEMI JOIN staged USING (id) WHERE subdomain = $1`;

const typedTickets = (which: string, read: (from: string) => string): string => `
SELECT $1, id, generated_timestamp, deleted, ${names.join(', ')}, ticket
FROM ${read(`(SELECT * FROM staged WHERE ticket IS NOT NULL AND id ${which} (SELECT id FROM stored))`)}`;

/** Of tickets that are all plain, or of any. */
export const READS = { plain: readPlainTickets, any: readTickets };
export type Read = keyof typeof READS;

/** $1: subdomain. An equal version with the same content is left alone: a page written again changes no row. */
export function updateTickets(read: Read): string {
  return `
INSERT INTO tickets ${typedTickets('IN', READS[read])}
ON CONFLICT (subdomain, id) DO UPDATE SET
  ${['generated_timestamp', 'deleted', ...names, 'ticket'].map((name) => `${name} = excluded.${name}`).join(', ')}
WHERE excluded.generated_timestamp > tickets.generated_timestamp
  OR (excluded.generated_timestamp = tickets.generated_timestamp AND excluded.ticket <> tickets.ticket)`;
}

/** $1: subdomain. Apart from the above, because ON CONFLICT doubles the cost of a row that has none (26 → 68 ms a page). */
export function insertTickets(read: Read): string {
  return `INSERT INTO tickets ${typedTickets('NOT IN', READS[read])}`;
}

/** $1: subdomain, $2: digest, $3: reason, $4: position, $5: record. */
export const QUARANTINE = `INSERT INTO quarantine VALUES ($1, $2, $3, $4, $5, now()) ON CONFLICT DO NOTHING`;

export const READ_QUARANTINE = `SELECT subdomain, digest, record FROM quarantine ORDER BY quarantined_at, digest`;

/** $1: subdomain, $2: digest. */
export const RELEASE = `DELETE FROM quarantine WHERE subdomain = $1 AND digest = $2`;

export const LOG_PAGE = `
INSERT OR REPLACE INTO export_pages VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now(), $10)`;

export const READ_CHECKPOINT = `
SELECT checkpoint FROM export_pages WHERE subdomain = $1 AND export_id = $2 AND epoch = $3 AND page = $4`;

/** $1: ids with commas between, $2: the objects. */
export const STAGE_OBJECTS = `INSERT INTO staged_objects SELECT ${list('$1', 'BIGINT')}, ${records('$2')}`;

export const FIND_UNSTORABLE_OBJECTS = 'SELECT id FROM staged_objects WHERE object IS NULL';

/** $1: subdomain. */
export function upsertSideload(table: string): string {
  return `
INSERT INTO ${table}
SELECT $1, id, ${time('updated_at', "object->>'updated_at'")}, object
FROM (
  SELECT *, from_json(object, '{"updated_at":"TIMESTAMPTZ"}').updated_at AS updated_at
  FROM staged_objects WHERE object IS NOT NULL
)
ON CONFLICT (subdomain, id) DO UPDATE SET updated_at = excluded.updated_at, object = excluded.object
WHERE (${table}.updated_at IS NULL OR excluded.updated_at IS NULL OR excluded.updated_at >= ${table}.updated_at) AND excluded.object <> ${table}.object`;
}
