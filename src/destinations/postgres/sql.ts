import type { ColumnType } from '../../streams/stream';
import { tickets } from '../../streams/tickets';
import { SEPARATOR } from '../recordText';

/**
 * Reads a column out of `json`. Whatever the value is, none of these fails: each cast sees only text that it can read.
 * Several conditions are nested, because PostgreSQL may evaluate the sides of an AND in any order.
 */
const READERS: Record<ColumnType, (name: string) => string> = {
  integer: (name) => whole(jsonText(name)),
  number: (name) =>
    `CASE WHEN ${jsonText(name)} ~ '^-?\\d{1,255}(\\.\\d{1,255})?$' THEN ${jsonText(name)}::double precision END`,
  boolean: (name) => `CASE WHEN ${jsonText(name)} IN ('true', 'false') THEN ${jsonText(name)}::boolean END`,
  text: (name) => `json->>'${name}'`,
  time: (name) => `CASE WHEN json->>'${name}' IS NOT NULL THEN timestamptz_or_null(json->>'${name}') END`,
  json: (name) => `nullif(json->'${name}', 'null')`,
  integers: (name) => list(name, whole('element::text'), 'jsonb_array_elements'),
  texts: (name) => list(name, 'element', 'jsonb_array_elements_text'),
};

/** Tells a number from a text that holds one. */
function jsonText(name: string): string {
  return `(json->'${name}')::text`;
}

/** Counting the digits in the pattern takes twice as long. */
function whole(text: string): string {
  return `CASE WHEN ${text} ~ '^-?\\d+$' THEN CASE WHEN length(${text}) < 19 THEN (${text})::bigint END END`;
}

/** Most are empty, which is seen faster than by reading them. */
function list(name: string, element: string, elements: string): string {
  const value = `json->'${name}'`;
  const read = `ARRAY(SELECT ${element} FROM ${elements}(${value}) AS element)`;
  return `CASE WHEN ${value} = '[]' THEN '{}' WHEN jsonb_typeof(${value}) = 'array' THEN ${read} END`;
}

const columns = Object.entries(tickets.columns).map(([name, type]) => ({ name, read: READERS[type](name) }));
const names = columns.map(({ name }) => name);
const written = ['generated_timestamp', 'deleted', ...names, 'ticket'];

/**
 * $1: subdomain; $2: ids; $3: versions; $4: deleted; $5: the tickets as one text, because reading an array parameter takes longer.
 * Answers the ids of tickets that are no JSON to PostgreSQL, such as one with a number beyond its numeric.
 * Ascending ids make two pages lock their rows in the same order; a function scan keeps it. OFFSET 0 has the text parsed
 * once instead of once a column. An equal version with the same content is left alone: a page written again changes no row.
 */
export const UPSERT_TICKETS = `
WITH staged AS MATERIALIZED (
  SELECT id, generated_timestamp, deleted, jsonb_or_null(record) AS json
  FROM ROWS FROM (
    unnest($2::bigint[]), unnest($3::bigint[]), unnest($4::boolean[]), string_to_table($5, chr(${SEPARATOR}))
  ) AS sent (id, generated_timestamp, deleted, record)
), stored AS (
  INSERT INTO tickets (subdomain, id, ${written.join(', ')})
  SELECT $1, id, generated_timestamp, deleted, ${columns.map(({ read }) => read).join(',\n    ')}, json
  FROM staged WHERE json IS NOT NULL
  ON CONFLICT (subdomain, id) DO UPDATE SET ${written.map((name) => `${name} = excluded.${name}`).join(', ')}
  WHERE excluded.generated_timestamp > tickets.generated_timestamp
    OR (excluded.generated_timestamp = tickets.generated_timestamp AND excluded.ticket <> tickets.ticket)
)
SELECT id::text FROM staged WHERE json IS NULL`;

/**
 * $1: subdomain; $2: ids; $3: the objects as one text. Answers the ids of objects that are no JSON to PostgreSQL.
 * @param table one of our own names
 */
export function upsertSideload(table: string): string {
  return `
WITH staged AS MATERIALIZED (
  SELECT id, jsonb_or_null(record) AS json
  FROM ROWS FROM (unnest($2::bigint[]), string_to_table($3, chr(${SEPARATOR}))) AS sent (id, record)
), stored AS (
  INSERT INTO ${table} AS old (subdomain, id, updated_at, object)
  SELECT $1, id, ${READERS.time('updated_at')}, json FROM staged WHERE json IS NOT NULL
  ON CONFLICT (subdomain, id) DO UPDATE SET updated_at = excluded.updated_at, object = excluded.object
  WHERE (old.updated_at IS NULL OR excluded.updated_at IS NULL OR excluded.updated_at >= old.updated_at) AND excluded.object <> old.object
)
SELECT id::text FROM staged WHERE json IS NULL`;
}

/** $1: subdomain; $2: position; $3: digests; $4: reasons; $5: records. */
export const QUARANTINE = `
INSERT INTO quarantine (subdomain, digest, reason, position, record, quarantined_at)
SELECT $1, digest, reason, $2, record, now()
FROM unnest($3::text[], $4::text[], $5::text[]) AS sent (digest, reason, record)
ON CONFLICT DO NOTHING`;

export const READ_QUARANTINE = `
SELECT subdomain, digest, record AS json FROM quarantine ORDER BY quarantined_at, digest`;

/** $1: subdomain; $2: digests. */
export const RELEASE = `DELETE FROM quarantine WHERE subdomain = $1 AND digest = ANY ($2::text[])`;

export const LOG_PAGE = `
INSERT INTO export_pages (
  subdomain, export_id, epoch, page, position, tickets, quarantined, first_generated, last_generated, written_at, checkpoint
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now(), $10)
ON CONFLICT (subdomain, export_id, epoch, page) DO UPDATE SET
  position = excluded.position, tickets = excluded.tickets, quarantined = excluded.quarantined,
  first_generated = excluded.first_generated, last_generated = excluded.last_generated,
  written_at = excluded.written_at, checkpoint = excluded.checkpoint`;

export const READ_CHECKPOINT = `
SELECT checkpoint FROM export_pages WHERE subdomain = $1 AND export_id = $2 AND epoch = $3 AND page = $4`;

/** Fails where a page would, for want of a table or a right or on a read-only server, and writes nothing. */
export function proveWritable(tables: readonly string[]): string {
  return tables
    .map(
      (table) =>
        `INSERT INTO ${table} SELECT * FROM ${table} WHERE false; UPDATE ${table} SET subdomain = '' WHERE false`,
    )
    .join('; ');
}
