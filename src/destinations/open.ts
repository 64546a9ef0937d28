import type { Destination } from './destination';
import { DuckDbDestination } from './duckdb/duckdb';

/**
 * The destination that `EXPORT_DESTINATION` names.
 * @throws Error when the URL is of no known kind
 */
export function openDestination(url: string): Destination {
  const [, scheme, rest] = /^([a-z0-9]+):(.*)$/i.exec(url) ?? [];
  if (scheme === 'duckdb' && rest !== undefined && rest !== '') return new DuckDbDestination(rest);
  throw new Error('must name a DuckDB file: duckdb:./export/tickets.duckdb');
}
