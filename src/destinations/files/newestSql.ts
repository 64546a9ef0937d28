import { join } from 'node:path';
import type { Stream } from '../../streams/stream';
import { sqlString } from './typedSql';

/** Some 50 MB of Parquet. A record is in the file of its id for ever, so that every file can be replaced by itself. */
export const IDS_PER_FILE = 100_000;

const OPTIONS = `hive_partitioning = true, hive_types = {'subdomain': VARCHAR}, filename = true`;

function columnsIn(format: 'ndjson' | 'parquet', { version, raw }: Stream): string {
  if (format === 'parquet') return `id, ${version} AS version, ${raw} AS record`;
  return `(json->>'$.id')::BIGINT AS id, (json->>'$.${version}')::BIGINT AS version, json::VARCHAR AS record`;
}

/** Lists of files, as JSON: too many for the text of a statement. */
export const SET_NDJSON = `SET VARIABLE ndjson = from_json($1, '["VARCHAR"]')`;
export const SET_PARQUET = `SET VARIABLE parquet = from_json($1, '["VARCHAR"]')`;

/** Of the files that the variables name. */
export function createVersions(stream: Stream, hasNdjson: boolean, hasParquet: boolean): string {
  const sources = [`SELECT '' AS subdomain, 0 AS id, 0 AS version, '' AS record, '' AS filename WHERE false`];
  if (hasNdjson) {
    const read = `read_ndjson_objects(getvariable('ndjson'), ${OPTIONS})`;
    sources.push(`SELECT subdomain, ${columnsIn('ndjson', stream)}, filename FROM ${read}`);
  }
  if (hasParquet) {
    const read = `read_parquet(getvariable('parquet'), ${OPTIONS})`;
    sources.push(`SELECT subdomain, ${columnsIn('parquet', stream)}, filename FROM ${read}`);
  }
  return `CREATE VIEW versions AS ${sources.join(' UNION ALL ')}`;
}

/** Without the records themselves, which would not fit into memory. Within a second the later page decides, by its name. */
export const CREATE_NEWEST = `
CREATE TABLE newest AS
SELECT subdomain, id, arg_max(filename, (version, filename)) AS filename,
  any_value(filename) FILTER (WHERE id IS NULL OR id < 1 OR version IS NULL) AS broken
FROM versions GROUP BY subdomain, id`;

/** A file with a line that is not a record: the export wrote none. */
export const FIND_BROKEN = 'SELECT broken FROM newest WHERE broken IS NOT NULL LIMIT 1';

/** A page holds one version of a record: the file tells which. */
export function writeParts(folder: string): string {
  return `
COPY (SELECT subdomain, id // ${IDS_PER_FILE} AS part, id, record FROM versions SEMI JOIN newest USING (subdomain, id, filename))
TO ${sqlString(folder)} (FORMAT parquet, PARTITION_BY (subdomain, part), FILENAME_PATTERN '{uuid}')`;
}

export const COUNT_PARTS = `
SELECT subdomain, (id // ${IDS_PER_FILE})::INTEGER, count(*)::INTEGER FROM newest GROUP BY 1, 2 ORDER BY 1, 2`;

/** A relation of one part's records, in the stream's raw column. */
export function recordsOfPart({ raw }: Stream, folder: string, subdomain: string, part: number): string {
  const files = sqlString(join(literally(folder), `subdomain=${subdomain}`, `part=${part}`, '*.parquet'));
  return `(SELECT record AS ${raw} FROM read_parquet(${files}))`;
}

/** A path in which DuckDB sees no pattern. */
export function literally(path: string): string {
  return path.replace(/[[*?]/g, '[$&]');
}
