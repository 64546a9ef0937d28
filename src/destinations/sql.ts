import { isList, type Stream } from '../streams/stream';
import type { Batch, Written } from './destination';
import { idsIn } from './storedRecords';
import { sqlName, SWEPT_AT, writtenColumns } from './table';

// Statements that DuckDB and PostgreSQL both understand.

/** $1: subdomain; $2: export; $3: epoch; $4: page. */
export const READ_CHECKPOINT = `
SELECT checkpoint FROM export_pages WHERE subdomain = $1 AND export_id = $2 AND epoch = $3 AND page = $4`;

/** Its parameters are {@link pageRow}. */
export const LOG_PAGE = `
INSERT INTO export_pages (
  subdomain, export_id, epoch, page, stream, position, tickets, quarantined, first_generated, last_generated, written_at, checkpoint
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now(), $11)
ON CONFLICT (subdomain, export_id, epoch, page) DO UPDATE SET
  stream = excluded.stream, position = excluded.position, tickets = excluded.tickets, quarantined = excluded.quarantined,
  first_generated = excluded.first_generated, last_generated = excluded.last_generated,
  written_at = excluded.written_at, checkpoint = excluded.checkpoint`;

/**
 * Behind the INSERT of a stream's records: a version replaces a stored one unless that is newer. An equal one with the same
 * content is left alone, so that a page written again changes no row.
 * @param sweep the moment when the sweep began, in SQL; NULL for a copy that comes with other records
 */
export function replaceOlder(stream: Stream, sweep: string): string {
  const { name, version } = stream;
  const all = writtenColumns(stream).map((column) => `${sqlName(column)} = ${newValue(stream, column)}`);
  return `
ON CONFLICT (subdomain, id) DO UPDATE SET ${all.join(', ')}
WHERE ${mayReturn(stream, sweep)} AND (excluded.${version.column} > ${name}.${version.column}
  OR (excluded.${version.column} = ${name}.${version.column} AND ${isOther(stream, sweep)}))`;
}

/** A page that was thought lost may be written when a later sweep has seen the record already: that sweep must not miss it. */
function newValue({ name }: Stream, column: string): string {
  return column === SWEPT_AT
    ? `greatest(excluded.${SWEPT_AT}, ${lastSwept(name)})`
    : `excluded.${sqlName(column)}`;
}

/**
 * What a sweep has found gone does not come back by a page of an earlier one, nor by a late attempt of its own, however new the
 * version is that it has read.
 */
function mayReturn(stream: Stream, sweep: string): string {
  const { name } = stream;
  return isList(stream)
    ? `(${sweep} IS NULL OR NOT ${name}.deleted OR ${lastSwept(name)} < ${sweep})`
    : 'true';
}

/**
 * Whether a copy of the same version is to replace a stored one. Not every change of a list's record moves its time, so what a later
 * sweep has read is newer; and only a sweep can tell that what another one missed has come back.
 */
function isOther(stream: Stream, sweep: string): string {
  const { name, raw, columns } = stream;
  if (!isList(stream)) {
    // What a verification compares, too: somebody may have changed these columns alone.
    const compared = ['deleted', ...('updated_at' in columns ? ['updated_at'] : [])];
    const others = compared.map((column) => `excluded.${column} IS DISTINCT FROM ${name}.${column}`);
    return `(${[`excluded.${raw} <> ${name}.${raw}`, ...others].join(' OR ')})`;
  }
  return `(excluded.${raw} <> ${name}.${raw} OR excluded.deleted <> ${name}.deleted)
  AND CASE WHEN ${sweep} IS NULL THEN NOT ${name}.deleted ELSE ${lastSwept(name)} <= ${sweep} END`;
}

function lastSwept(table: string): string {
  return `coalesce(${table}.${SWEPT_AT}, to_timestamp(0))`;
}

/** A moment that a parameter holds in Unix seconds. */
export function momentIn(parameter: string): string {
  return `to_timestamp(${parameter}::float8)`;
}

/** Records that a sweep has seen, unchanged ones too. @param ids an SQL condition */
export function noteSeen({ name }: Stream, ids: string, sweep: string): string {
  return `
UPDATE ${name} SET ${SWEPT_AT} = ${sweep} WHERE subdomain = $1 AND id ${ids} AND ${lastSwept(name)} < ${sweep}`;
}

/** $1: subdomain, $2: when a sweep that has come to its end began, Unix seconds. What it has not seen is no longer there. */
export function markUnseen({ name }: Stream): string {
  const sweep = momentIn('$2');
  return `
UPDATE ${name} SET deleted = true, ${SWEPT_AT} = ${sweep}
WHERE subdomain = $1 AND NOT deleted AND ${lastSwept(name)} < ${sweep}`;
}

/** $1: subdomain; $2, $3: ids and versions, with commas between. Rows that have another version by now are left alone. */
export function markGone({ name, version }: Stream): string {
  return `
UPDATE ${name} SET deleted = true
WHERE subdomain = $1 AND NOT deleted AND (id, ${version.column}) IN (SELECT ${idsIn('$2')}, ${idsIn('$3')})`;
}

/** The parameters of {@link markGone}. */
export function goneRows({ subdomain, gone = [] }: Pick<Batch, 'subdomain' | 'gone'>): string[] {
  return [subdomain, gone.map(({ id }) => id).join(','), gone.map(({ version }) => version).join(',')];
}

export function pageRow(page: Batch, written: Written): (string | number | null)[] {
  const { unstorable } = written;
  const { subdomain, key, stream, position, records, rejected, first, last } = page;
  return [
    subdomain,
    key.exportId,
    key.epoch,
    key.page,
    stream,
    position,
    records.length - unstorable,
    rejected.length + unstorable,
    first,
    last,
    page.checkpoint(written),
  ];
}

/**
 * $1: subdomain. A retry and the next page need the newest rows alone, and the next run of a schedule the one that the last
 * run ended with. Whoever misses one counts the records of one second twice.
 */
export const PRUNE_PAGES = `
DELETE FROM export_pages WHERE subdomain = $1 AND written_at < now() - INTERVAL '30 days' AND written_at < (
  SELECT min(written_at) FROM (
    SELECT written_at FROM export_pages WHERE subdomain = $1 ORDER BY written_at DESC LIMIT 1000
  ) AS newest
)`;

export const READ_QUARANTINE = `
SELECT subdomain, stream, digest, record AS json FROM quarantine ORDER BY quarantined_at, digest`;

/** How far the columns have been filled that were added to tables. */
export const READ_FILLS = `SELECT stream, column_name, subdomain, id FROM column_fills WHERE filled_at IS NULL`;

/** $1: stream; $2: column. */
export const BEGIN_FILL = `
INSERT INTO column_fills (stream, column_name, subdomain, id) VALUES ($1, $2, '', 0)
ON CONFLICT (stream, column_name) DO UPDATE SET subdomain = '', id = 0, filled_at = NULL`;

/** $1: stream; $2: column; $3, $4: the last row that has its value. */
export const ADVANCE_FILL = `
UPDATE column_fills SET subdomain = $3, id = $4 WHERE stream = $1 AND column_name = $2`;

/** $1: stream; $2: column. */
export const END_FILL = `UPDATE column_fills SET filled_at = now() WHERE stream = $1 AND column_name = $2`;
