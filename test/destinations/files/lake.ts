import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { STREAMS } from '../../../src/streams';
import type { Stream } from '../../../src/streams/stream';

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
  const view = (name: string, select: string, empty: string): string =>
    `CREATE VIEW ${name} AS ${countFiles(join(folder, name)) > 0 ? select : `SELECT ${empty} WHERE false`}`;
  return [
    ...Object.values(STREAMS).map((stream) =>
      view(
        stream.name,
        format === 'parquet'
          ? selectParquet(stream, at(stream.name, '*/*/*.parquet'))
          : selectNdjson(stream, at(stream.name, '*/*/*.ndjson.gz')),
        `NULL::${idType(stream)} AS id, NULL::VARCHAR AS subdomain, 0::BIGINT AS ${stream.version.column}, false AS deleted, '{}'::JSON AS ${stream.raw}`,
      ),
    ),
    view(
      'quarantine',
      `SELECT * FROM read_json('${at('quarantine', '*/*.json')}', hive_partitioning = true,
         columns = {stream: 'VARCHAR', digest: 'VARCHAR', reason: 'VARCHAR', position: 'VARCHAR', record: 'VARCHAR'})`,
      `'' AS stream, '' AS reason, '' AS record, '' AS position`,
    ),
    view(
      'export_pages',
      `SELECT * FROM read_json('${at('export_pages', '*/*.json')}', hive_partitioning = true)`,
      `0 AS epoch, 0 AS page`,
    ),
  ];
}

function idType({ id }: Stream): string {
  return id.type === 'integer' ? 'BIGINT' : 'VARCHAR';
}

function newest({ version }: Stream): string {
  return `QUALIFY row_number() OVER (PARTITION BY subdomain, id ORDER BY ${version.column} DESC, filename DESC) = 1`;
}

function selectParquet(stream: Stream, files: string): string {
  const json = Object.keys(stream.columns).filter((name) => stream.columns[name] === 'json');
  const replaced = json.map((name) => `"${name}"::JSON AS "${name}"`);
  return `SELECT * ${json.length === 0 ? '' : `REPLACE (${replaced.join(', ')})`}
    FROM read_parquet('${files}', hive_partitioning = true, filename = true) ${newest(stream)}`;
}

function selectNdjson(stream: Stream, files: string): string {
  const { id, version, deleted, raw } = stream;
  const second =
    version.form === 'seconds'
      ? `(json->>'$.${version.key}')::BIGINT`
      : `coalesce(floor(epoch((json->>'$.${version.key}')::TIMESTAMPTZ))::BIGINT, 0)`;
  const mark =
    deleted === null
      ? 'false'
      : 'is' in deleted
        ? `coalesce(json->>'$.${deleted.key}' = '${String(deleted.is)}', false)`
        : `json->>'$.${deleted.key}' IS NOT NULL`;
  return `SELECT subdomain, filename, (json->>'$.${id.key}')::${idType(stream)} AS id, ${second} AS ${version.column}, ${mark} AS deleted, json AS ${raw}
    FROM read_ndjson_objects('${files}', hive_partitioning = true, filename = true) ${newest(stream)}`;
}
