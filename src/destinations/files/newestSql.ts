import { join } from 'node:path';
import type { Stream } from '../../streams/stream';
import { duckDbType } from '../duckdb/dialect';
import { sqlText } from '../table';

/** Some 50 MB of Parquet. A record is in the file of its id for ever, so that every file can be replaced by itself. */
const IDS_PER_FILE = 100_000;

/** Lists whose ids are texts are short. */
function partOf({ id }: Stream): string {
  return id.type === 'integer' ? `greatest(id, 0) // ${IDS_PER_FILE}` : '0';
}

/** Lists of files, as JSON: too many for the text of a statement. */
const SOURCES = {
  ndjson: (stream: Stream): string => `
    SELECT filename, (json->>'$.${stream.id.key}')::${duckDbType(stream.id.type)} AS id, ${versionIn(stream)} AS version, json::VARCHAR AS record
    FROM read_ndjson_objects(getvariable('ndjson'), ${OPTIONS})`,
  parquet: ({ version, raw }: Stream): string => `
    SELECT filename, id, ${version.column} AS version, ${raw} AS record
    FROM read_parquet(getvariable('parquet'), ${OPTIONS})`,
  /** As earlier releases wrote sideloads. */
  objects: ({ raw }: Stream): string => `
    SELECT filename, id, ${secondOf('updated_at')} AS version, ${raw} AS record
    FROM read_parquet(getvariable('objects'), ${OPTIONS})`,
};
export type Source = keyof typeof SOURCES;

const OPTIONS = 'hive_partitioning = false, filename = true';

/** $1: the files, as JSON. */
export function setFiles(source: Source): string {
  return `SET VARIABLE ${source} = from_json($1, '["VARCHAR"]')`;
}

function versionIn({ version: { key, form } }: Stream): string {
  const text = `(json->>'$.${key}')`;
  return form === 'seconds' ? `${text}::BIGINT` : secondOf(`TRY_CAST(${text} AS TIMESTAMPTZ)`);
}

/** What has no time is older than all that has one: earlier releases did not need it. */
function secondOf(time: string): string {
  return `coalesce(epoch_us(${time}) // 1000000, 0)`;
}

/** Of the files that the variables name. */
export function createVersions(stream: Stream, sources: readonly Source[]): string {
  const none = `SELECT '' AS filename, NULL::${duckDbType(stream.id.type)} AS id, 0 AS version, '' AS record WHERE false`;
  const all = [none, ...sources.map((source) => SOURCES[source](stream))].join(' UNION ALL ');
  return `
CREATE VIEW versions AS
SELECT regexp_extract(filename, '.*/subdomain=([a-z0-9-]+)/', 1) AS subdomain,
  regexp_extract(filename, '.*/sweep=([0-9TZ]+)/', 1) AS sweep, *
FROM (${all})`;
}

/** $1: the last sweep of each account that has come to its end, as JSON. */
export const CREATE_COMPLETE = `
CREATE TABLE complete AS
SELECT unnest(from_json($1, '[{"subdomain": "VARCHAR", "sweep": "VARCHAR"}]'), recursive := true)`;

/**
 * Without the records themselves, which would not fit into memory. Of one version the later sweep decides, or the later page, by
 * its name.
 */
export function createNewest({ id }: Stream): string {
  const isNoId = id.type === 'integer' ? '(id < 1 AND id <> -1)' : `id = ''`;
  return `
CREATE TABLE newest AS
SELECT subdomain, id, arg_max(filename, (version, sweep, filename)) AS filename, max(sweep) AS seen,
  any_value(filename) FILTER (WHERE id IS NULL OR ${isNoId} OR version IS NULL) AS broken
FROM versions GROUP BY subdomain, id`;
}

/** A file with a line that is not a record: the export wrote none. */
export const FIND_BROKEN = 'SELECT broken FROM newest WHERE broken IS NOT NULL LIMIT 1';

/** A page holds one version of a record: the file tells which. What the last sweep has not seen is gone. */
export function writeParts(stream: Stream, folder: string): string {
  return `
COPY (
  SELECT subdomain, ${partOf(stream)} AS part, id, record, coalesce(seen < complete.sweep, false) AS is_gone
  FROM versions JOIN newest USING (subdomain, id, filename) LEFT JOIN complete USING (subdomain)
)
TO ${sqlText(folder)} (FORMAT parquet, PARTITION_BY (subdomain, part), FILENAME_PATTERN '{uuid}')`;
}

export function countParts(stream: Stream): string {
  return `
SELECT subdomain, (${partOf(stream)})::INTEGER, count(*)::INTEGER FROM newest GROUP BY 1, 2 ORDER BY 1, 2`;
}

/** A relation of one part's records, in the stream's raw column, each with what the last sweep says of it. */
export function recordsOfPart({ raw }: Stream, folder: string, subdomain: string, part: number): string {
  const files = sqlText(join(literally(folder), `subdomain=${subdomain}`, `part=${part}`, '*.parquet'));
  return `(SELECT record AS ${raw}, is_gone FROM read_parquet(${files}))`;
}

/** A path in which DuckDB sees no pattern. */
export function literally(path: string): string {
  return path.replace(/[[*?]/g, '[$&]');
}
