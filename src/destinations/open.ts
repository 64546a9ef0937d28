import type { LastingDestination } from './destination';
import { DuckDbDestination } from './duckdb/duckdb';
import { realPath } from './duckdb/realPath';
import { FilesDestination } from './files/filesDestination';
import { namesFiles } from './files/location';
import { optionsIn } from './options';
import { PostgresDestination } from './postgres/postgres';
import { viewsOption } from './views/schema';

/**
 * The destination that `EXPORT_DESTINATION` names. Nothing is opened yet.
 * @throws Error when the URL is of no known kind
 */
export function openDestination(url: string): LastingDestination {
  if (namesFiles(url)) return new FilesDestination(url);
  const [, scheme = '', rest = ''] = /^([a-z0-9]+):(.+)$/is.exec(url) ?? [];
  switch (scheme.toLowerCase()) {
    case 'duckdb':
      return duckDbAt(rest);
    case 'postgres':
    case 'postgresql':
      return new PostgresDestination(url);
    default:
      throw new Error(FORMS);
  }
}

function duckDbAt(rest: string): DuckDbDestination {
  const [path, query] = partsOf(rest);
  if (path === undefined) throw new Error(FORMS);
  const { views } = optionsIn(query, ['views']);
  return new DuckDbDestination(path, views === undefined ? null : viewsOption(views));
}

/** What stands before the first `?`, and behind it. */
function partsOf(text: string): readonly (string | undefined)[] {
  return /^([^?]+)(?:\?(.*))?$/s.exec(text)?.slice(1) ?? [];
}

/** The same for every way to write the path of a DuckDB file: those who share the file then share what is open. */
export function locationOf(url: string): string {
  const [, rest = ''] = /^duckdb:(.+)$/is.exec(url) ?? [];
  const [path, query = ''] = partsOf(rest);
  return path === undefined ? url : `duckdb:${realPath(path)}?${query}`;
}

const FORMS =
  'must name a DuckDB file (duckdb:./export/tickets.duckdb), a PostgreSQL database ' +
  '(postgres://user:password@host/database?schema=zendesk), a folder (file:./export?format=parquet) or a bucket ' +
  '(s3://bucket/prefix?format=parquet)';
