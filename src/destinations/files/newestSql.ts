import { join } from 'node:path';
import { sqlString } from './typedSql';

/** Some 50 MB of Parquet. A ticket is in the file of its id for ever, so that every file can be replaced by itself. */
export const IDS_PER_FILE = 100_000;

const OPTIONS = `hive_partitioning = true, hive_types = {'subdomain': VARCHAR}, filename = true`;
const COLUMNS = {
  ndjson: `(json->>'$.id')::BIGINT AS id, (json->>'$.generated_timestamp')::BIGINT AS generated_timestamp, json::VARCHAR AS ticket`,
  parquet: 'id, generated_timestamp, ticket',
};

/** Lists of files, as JSON: too many for the text of a statement. */
export const SET_NDJSON = `SET VARIABLE ndjson = from_json($1, '["VARCHAR"]')`;
export const SET_PARQUET = `SET VARIABLE parquet = from_json($1, '["VARCHAR"]')`;

/** Of the files that the variables name. */
export function createVersions(hasNdjson: boolean, hasParquet: boolean): string {
  const sources = [
    `SELECT '' AS subdomain, 0 AS id, 0 AS generated_timestamp, '' AS ticket, '' AS filename WHERE false`,
  ];
  if (hasNdjson) {
    const read = `read_ndjson_objects(getvariable('ndjson'), ${OPTIONS})`;
    sources.push(`SELECT subdomain, ${COLUMNS.ndjson}, filename FROM ${read}`);
  }
  if (hasParquet) {
    const read = `read_parquet(getvariable('parquet'), ${OPTIONS})`;
    sources.push(`SELECT subdomain, ${COLUMNS.parquet}, filename FROM ${read}`);
  }
  return `CREATE VIEW versions AS ${sources.join(' UNION ALL ')}`;
}

/** Without the tickets themselves, which would not fit into memory. Within a second the later page decides, by its name. */
export const CREATE_NEWEST = `
CREATE TABLE newest AS
SELECT subdomain, id, arg_max(filename, (generated_timestamp, filename)) AS filename,
  any_value(filename) FILTER (WHERE id IS NULL OR id < 1 OR generated_timestamp IS NULL) AS broken
FROM versions GROUP BY subdomain, id`;

/** A file with a line that is no ticket: the export wrote none. */
export const FIND_BROKEN = 'SELECT broken FROM newest WHERE broken IS NOT NULL LIMIT 1';

/** A page holds one version of a ticket: the file tells which. */
export function writeParts(folder: string): string {
  return `
COPY (SELECT subdomain, id // ${IDS_PER_FILE} AS part, id, ticket FROM versions SEMI JOIN newest USING (subdomain, id, filename))
TO ${sqlString(folder)} (FORMAT parquet, PARTITION_BY (subdomain, part), FILENAME_PATTERN '{uuid}')`;
}

export const COUNT_PARTS = `
SELECT subdomain, (id // ${IDS_PER_FILE})::INTEGER, count(*)::INTEGER FROM newest GROUP BY 1, 2 ORDER BY 1, 2`;

/** A relation of one part's tickets. */
export function ticketsOfPart(folder: string, subdomain: string, part: number): string {
  const files = sqlString(join(literally(folder), `subdomain=${subdomain}`, `part=${part}`, '*.parquet'));
  return `read_parquet(${files})`;
}

/** A path in which DuckDB sees no pattern. */
export function literally(path: string): string {
  return path.replace(/[[*?]/g, '[$&]');
}
