import type { Page, SideloadedObject } from '../destination';
import { textOf, type Json } from '../records';
import { SIDELOAD_TABLES } from '../sideloads';
import type { RecordKind } from './format';
import { dayOf, tableFolder, ticketsFolder } from './layout';
import type { Quarantined } from './quarantine';
import { whyUnreadable, whyUnstorable } from './unstorable';

/** A file to be. */
export interface PageFile {
  readonly folder: string;
  readonly kind: RecordKind;
  /** JSON without line breaks, at least one. */
  readonly lines: readonly Uint8Array[];
  /** Of tickets: bounds by `generated_timestamp`, epoch seconds. */
  readonly bounds?: { readonly first: number; readonly last: number };
}

export interface PageFiles {
  readonly files: readonly PageFile[];
  readonly quarantined: readonly Quarantined[];
  /** How many of those are tickets. */
  readonly unstorable: number;
}

/**
 * Sorts a page into files, tickets by day and each kind of sideload, and what goes into quarantine.
 * @throws Error when a sideload has no table
 */
export function filesOf(page: Page): PageFiles {
  const { subdomain } = page;
  const quarantined: Quarantined[] = [...page.rejected];
  const tickets = storable(page.tickets, whyUnstorable, quarantined);
  const unstorable = page.tickets.length - tickets.length;
  const files = [...byDay(tickets)].map(([day, versions]): PageFile => {
    const times = versions.map((version) => version.generatedTimestamp);
    const bounds = {
      first: times.reduce((first, time) => Math.min(first, time)),
      last: times.reduce((last, time) => Math.max(last, time)),
    };
    const folder = ticketsFolder(subdomain, day);
    return { folder, kind: 'tickets', lines: versions.map(({ json }) => json), bounds };
  });
  for (const [table, objects] of page.sideloads) {
    if (!SIDELOAD_TABLES.some((known) => known === table)) throw new Error(`There is no table "${table}"`);
    const lines = storable(objects, whyUnreadable, quarantined).map(onOneLine);
    files.push({ folder: tableFolder(table, subdomain), kind: 'objects', lines });
  }
  return { files: files.filter((file) => file.lines.length > 0), quarantined, unstorable };
}

function storable<T extends { readonly json: Json }>(
  records: readonly T[],
  whyNot: (record: T) => string | undefined,
  quarantined: Quarantined[],
): T[] {
  return records.filter((record) => {
    const reason = whyNot(record);
    if (reason !== undefined) quarantined.push({ reason, json: textOf(record.json) });
    return reason === undefined;
  });
}

function byDay<T extends { readonly generatedTimestamp: number }>(versions: readonly T[]): Map<number, T[]> {
  const days = new Map<number, T[]>();
  for (const version of versions) {
    const day = dayOf(version.generatedTimestamp);
    const others = days.get(day);
    if (others === undefined) days.set(day, [version]);
    else others.push(version);
  }
  return days;
}

/** A line break cannot stand inside a JSON string: this only folds pretty-printed records. */
function onOneLine({ json }: SideloadedObject): Buffer {
  return Buffer.from(json.replace(/[\n\r]\s*/g, ' '));
}
