import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

type Format = 'ndjson' | 'parquet';

/** What a query finds in the files below a folder; each row as JSON. */
export async function queryLake(
  folder: string,
  format: Format,
  sql: string,
): Promise<Record<string, unknown>[]> {
  const found = await queryFiles(views(folder, format), `SELECT to_json(found) FROM (${sql}) AS found`);
  return found.map(([row]) => JSON.parse(String(row)) as Record<string, unknown>);
}

/** What a reader finds who has nothing but DuckDB. */
export async function queryFiles(prelude: readonly string[], sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  try {
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    for (const statement of prelude) await connection.run(statement);
    return (await connection.runAndReadAll(sql)).getRows();
  } finally {
    instance.closeSync();
  }
}

export function countFiles(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .length;
}

/** The files as the tables of a database: the newest version of every record. */
function views(folder: string, format: Format): string[] {
  const at = (...names: string[]): string => join(folder, ...names).replaceAll("'", "''");
  const read = (table: string, pattern: string): string =>
    `read_ndjson_objects('${at(table, pattern)}', hive_partitioning = true, filename = true)`;
  const parquet = (table: string, pattern: string): string =>
    `read_parquet('${at(table, pattern)}', hive_partitioning = true, filename = true)`;
  const newest = (version: string): string =>
    `QUALIFY row_number() OVER (PARTITION BY subdomain, id ORDER BY ${version} DESC NULLS LAST, filename DESC) = 1`;
  const view = (name: string, select: string, empty: string): string =>
    `CREATE VIEW ${name} AS ${countFiles(join(folder, name)) > 0 ? select : `SELECT ${empty} WHERE false`}`;
  const record = 'NULL::BIGINT AS id, NULL::VARCHAR AS subdomain';
  const json = (field: string, type: string): string => `(json->>'$.${field}')::${type} AS ${field}`;
  return [
    view(
      'tickets',
      format === 'parquet'
        ? `SELECT * REPLACE (custom_fields::JSON AS custom_fields, satisfaction_rating::JSON AS satisfaction_rating, via::JSON AS via)
           FROM ${parquet('tickets', '*/*/*.parquet')} ${newest('generated_timestamp')}`
        : `SELECT subdomain, filename, ${json('id', 'BIGINT')}, ${json('generated_timestamp', 'BIGINT')},
             coalesce(json->>'$.status' = 'deleted', false) AS deleted, json AS ticket
           FROM ${read('tickets', '*/*/*.ndjson.gz')} ${newest('generated_timestamp')}`,
      `${record}, 0::BIGINT AS generated_timestamp, false AS deleted, '{}'::JSON AS ticket`,
    ),
    ...['users', 'groups', 'organizations', 'sharing_agreements', 'ticket_forms', 'metric_sets'].map(
      (table) =>
        view(
          table,
          format === 'parquet'
            ? `SELECT * FROM ${parquet(table, '*/*.parquet')} ${newest('updated_at')}`
            : `SELECT subdomain, filename, ${json('id', 'BIGINT')}, json AS object
             FROM ${read(table, '*/*.ndjson.gz')} ${newest("(json->>'$.updated_at')::TIMESTAMPTZ")}`,
          `${record}, '{}'::JSON AS object`,
        ),
    ),
    view(
      'quarantine',
      `SELECT * FROM read_json('${at('quarantine', '*/*.json')}', hive_partitioning = true,
         columns = {digest: 'VARCHAR', reason: 'VARCHAR', position: 'VARCHAR', record: 'VARCHAR'})`,
      `'' AS reason, '' AS record, '' AS position`,
    ),
    view(
      'export_pages',
      `SELECT * FROM read_json('${at('export_pages', '*/*.json')}', hive_partitioning = true)`,
      `0 AS epoch, 0 AS page`,
    ),
  ];
}
