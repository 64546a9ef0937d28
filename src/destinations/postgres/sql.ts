import { STREAMS, type StreamName } from '../../streams';
import { isList, type ColumnType, type Stream } from '../../streams/stream';
import { ROWS_AT_ONCE } from '../fills';
import { SEPARATOR } from '../recordText';
import { momentIn, noteSeen, replaceOlder } from '../sql';
import { sqlName, sqlNames, writtenColumns, type Table } from '../table';

/**
 * Reads a column out of `json`. Whatever the value is, none of these fails: each cast sees only text that it can read.
 * Several conditions are nested, because PostgreSQL may evaluate the sides of an AND in any order.
 */
export const READERS: Record<ColumnType, (name: string) => string> = {
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

const upserts = new Map<StreamName, string>();

/**
 * $1: subdomain; $2: ids; $3: versions; $4: deleted; $5: the records as one text, because reading an array parameter takes
 * longer; $6, of lists alone: when the sweep began, in Unix seconds, or NULL. Answers the ids of records that are no JSON to PostgreSQL, such as one with a number beyond its numeric.
 * Ascending ids make two pages lock their rows in the same order; a function scan keeps it. MATERIALIZED has the text parsed
 * once instead of once a column.
 */
export function upsertOf(name: StreamName): string {
  const upsert = upserts.get(name) ?? upsertRecords(STREAMS[name]);
  upserts.set(name, upsert);
  return upsert;
}

function upsertRecords(stream: Stream): string {
  const { name, columns } = stream;
  const typed = Object.keys(columns).map((column) => read(columns, column));
  const sweep = momentIn('$6');
  const swept = isList(stream) ? [`coalesce(${sweep}, now())`] : [];
  return `
WITH staged AS MATERIALIZED (
  SELECT id, version, deleted, jsonb_or_null(record) AS json
  FROM ROWS FROM (
    unnest($2::${idType(stream)}[]), unnest($3::bigint[]), unnest($4::boolean[]), string_to_table($5, chr(${SEPARATOR}))
  ) AS sent (id, version, deleted, record)
), stored AS (
  INSERT INTO ${name} (subdomain, id, ${sqlNames(writtenColumns(stream))})
  SELECT $1, id, version, deleted, ${[...typed, 'json', ...swept].join(',\n    ')}
  FROM staged WHERE json IS NOT NULL${replaceOlder(stream, sweep)}
)
SELECT id::text FROM staged WHERE json IS NULL`;
}

function idType({ id }: Stream): string {
  return id.type === 'integer' ? 'bigint' : 'text';
}

/** $1: subdomain; $2: ids; $3: when the sweep began, Unix seconds. */
export function noteSeenOf(name: StreamName): string {
  const { [name]: stream } = STREAMS;
  return noteSeen(stream, `= ANY ($2::${idType(stream)}[])`, momentIn('$3'));
}

function read(columns: Stream['columns'], name: string): string {
  const { [name]: type } = columns;
  if (type === undefined) throw new Error(`there is no column ${name}`);
  return READERS[type](name);
}

/**
 * $1, $2: the row before. Fills columns of the rows that come next, by their key; answers the last of them. Where a record has
 * no such key, the columns are NULL, as they should be. Rows are locked in the order in which a page locks them.
 */
export function fillRows({ name, raw, columns }: Stream, added: readonly string[]): string {
  return `
WITH rows AS MATERIALIZED (
  SELECT subdomain, id, ${raw} AS json FROM ${name} WHERE (subdomain, id) > ($1, $2::bigint)
  ORDER BY subdomain, id LIMIT ${ROWS_AT_ONCE} FOR UPDATE
), filled AS MATERIALIZED (
  SELECT subdomain, id, ${added.map((column) => `${read(columns, column)} AS ${sqlName(column)}`).join(', ')} FROM rows
  WHERE json ?| '{${added.join(',')}}'
), stored AS (
  UPDATE ${name} SET ${added.map((column) => `${sqlName(column)} = filled.${sqlName(column)}`).join(', ')}
  FROM filled WHERE ${name}.subdomain = filled.subdomain AND ${name}.id = filled.id
)
SELECT subdomain, id::text FROM rows ORDER BY rows.subdomain DESC, rows.id DESC LIMIT 1`;
}

/** $1: subdomain; $2: position; $3: streams; $4: digests; $5: reasons; $6: records. */
export const QUARANTINE = `
INSERT INTO quarantine (subdomain, stream, digest, reason, position, record, quarantined_at)
SELECT $1, stream, digest, reason, $2, record, now()
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) AS sent (stream, digest, reason, record)
ON CONFLICT DO NOTHING`;

/** $1: subdomain; $2: digests. */
export const RELEASE = `DELETE FROM quarantine WHERE subdomain = $1 AND digest = ANY ($2::text[])`;

/** Fails where a page would, for want of a table or a right or on a read-only server, and writes nothing. */
export function proveWritable(tables: readonly Table[]): string {
  return tables
    .map(({ name, columns }) => {
      const names = sqlNames(columns.map((column) => column.name));
      return `INSERT INTO ${name} (${names}) SELECT ${names} FROM ${name} WHERE false; UPDATE ${name} SET subdomain = '' WHERE false`;
    })
    .join('; ');
}
