import type { PageKey } from '../../contract/page';
import type { Stream } from '../../streams/stream';

/** Says in which format a root is written; a name that starts with `_` is no data to Spark, Hive and Athena. */
export const MARKER = '_zendesk_export.json';

const SECONDS_PER_DAY = 86_400;

const SUBDOMAIN = 'subdomain=([a-z0-9-]+)';
/** What `encodeURIComponent` leaves. */
const EXPORT = "[\\w.!~*'()%-]+";
const SWEEP = '\\d{8}T\\d{6}Z';
const MANIFESTED = new RegExp(
  `/${SUBDOMAIN}/(?:[^/]+/)?(${EXPORT}-\\d{5,}-\\d{8,})-[0-9a-f]{16}\\.(?:ndjson\\.gz|parquet)$`,
);
const QUARANTINE_FILE = new RegExp(`^quarantine/${SUBDOMAIN}/([0-9a-f]{64})\\.json$`);

/** Versions are in a folder per day of their time: who reads a time span opens what is of it. */
export function recordsFolder({ name }: Stream, subdomain: string, day: number): string {
  const date = new Date(day * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
  return `${tableFolder(name, subdomain)}/day=${date}`;
}

/** The records of a sweep are together: whoever reads one sweep reads the list as it was then. */
export function sweepFolder({ name }: Stream, subdomain: string, began: number): string {
  return `${tableFolder(name, subdomain)}/sweep=${sweepName(began)}`;
}

/** Names a sweep that has come to its end. */
export function sweepKey({ name }: Stream, subdomain: string, began: number): string {
  return `${tableFolder('sweeps', subdomain)}/stream=${name}/${sweepName(began)}.json`;
}

/** Where the names of a list's sweeps are that have come to their ends; the pattern tells the account and the sweep. */
export function sweepsFiles({ name }: Stream): { readonly folder: string; readonly pattern: RegExp } {
  return {
    folder: 'sweeps/',
    pattern: new RegExp(`^sweeps/${SUBDOMAIN}/stream=${name}/(${SWEEP})\\.json$`),
  };
}

/** By name a later one comes after an earlier one; a colon has a meaning in some paths. */
export function sweepName(began: number): string {
  return new Date(began * 1000).toISOString().replace(/[-:]|\.000/g, '');
}

/** When the sweep of that name began, in Unix seconds; undefined where there is no such moment. */
export function sweepBegan(name: string): number | undefined {
  const time = name.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const began = Date.parse(time) / 1000;
  return Number.isNaN(began) || sweepName(began) !== name ? undefined : began;
}

/** The UTC day of a time in Unix seconds, in days since 1970. */
export function dayOf(seconds: number): number {
  return Math.floor(seconds / SECONDS_PER_DAY);
}

function tableFolder(table: string, subdomain: string): string {
  return `${table}/subdomain=${subdomain}`;
}

/**
 * A page that is written again overwrites itself. Where an attempt that was thought dead writes late, what it has fetched
 * may differ from what a later one did: the checksum in the name keeps it from replacing that.
 */
export function fileKey(folder: string, key: PageKey, sha256: string, extension: string): string {
  return `${folder}/${pageName(key)}-${sha256.slice(0, 16)}.${extension}`;
}

export function manifestKey(subdomain: string, key: PageKey): string {
  return `${tableFolder('export_pages', subdomain)}/${pageName(key)}.json`;
}

/** The manifest of the page that has written a file of records; undefined where the name is of no page. */
export function manifestOfFile(name: string): string | undefined {
  const [, subdomain = '', page = ''] = MANIFESTED.exec(name) ?? [];
  return page === '' ? undefined : `${tableFolder('export_pages', subdomain)}/${page}.json`;
}

/** A file for every record, named after what is in it: it is there once, and can leave the quarantine by itself. */
export function quarantineKey(subdomain: string, digest: string): string {
  return `${tableFolder('quarantine', subdomain)}/${digest}.json`;
}

/** What a name of `quarantine/` says; undefined when the export gives no such name. */
export function quarantinedAt(name: string): { subdomain: string; digest: string } | undefined {
  const [, subdomain = '', digest = ''] = QUARANTINE_FILE.exec(name) ?? [];
  return digest === '' ? undefined : { subdomain, digest };
}

/** Where a stream's records are, and the names that the export gives. Others may be there: a console's folders, copies. */
export function recordsFiles({ name }: Stream): { readonly folder: string; readonly pattern: RegExp } {
  const file = `${EXPORT}-\\d{5,}-\\d{8,}-[0-9a-f]{16}\\.(ndjson\\.gz|parquet)`;
  return {
    folder: `${name}/`,
    // Earlier releases wrote sideloads into no folder of a day.
    pattern: new RegExp(`^${name}/${SUBDOMAIN}/((day=\\d{4}-\\d\\d-\\d\\d|sweep=${SWEEP})/)?${file}$`),
  };
}

/** Where the compacted records of a range of ids are; the same on every run. */
export function latestKey({ name }: Stream, subdomain: string, part: number): string {
  return `${tableFolder(`${name}_latest`, subdomain)}/${String(part).padStart(8, '0')}.parquet`;
}

/** The same, of all ids. */
export function latestFiles({ name }: Stream): { readonly folder: string; readonly pattern: RegExp } {
  return {
    folder: `${name}_latest/`,
    pattern: new RegExp(`^${name}_latest/${SUBDOMAIN}/\\d{8}\\.parquet$`),
  };
}

/**
 * By name a later page comes after an earlier one: that decides between versions of one second. It does so across
 * exports too, because Temporal's run ids start with the time.
 */
function pageName({ exportId, epoch, page }: PageKey): string {
  return `${encodeURIComponent(exportId)}-${String(epoch).padStart(5, '0')}-${String(page).padStart(8, '0')}`;
}

export const LAST_SECOND_OF_YEAR_9999 = 253_402_300_799;
