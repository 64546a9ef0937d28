import type { RecordVersion } from '../../streams/record';
import type { Batch } from '../destination';
import { holdable, originalOf, type Quarantined } from '../holdable';
import { bytesOf, textOf, type Json } from '../recordText';
import { sideloadTables } from '../../streams/stream';
import { STREAMS } from '../../streams';
import type { RecordKind } from './format';
import { dayOf, recordsFolder, tableFolder } from './layout';
import { whyUnstorable } from './unstorable';

/** A file to be. */
export interface PageFile {
  readonly folder: string;
  readonly kind: RecordKind;
  /** JSON without line breaks, at least one. */
  readonly lines: readonly Uint8Array[];
  /** Whether a line is an odd record. */
  readonly isOdd: boolean;
  /** Of records: bounds by their version, Unix seconds. */
  readonly bounds?: { readonly first: number; readonly last: number };
}

export interface PageFiles {
  readonly files: readonly PageFile[];
  readonly quarantined: readonly Quarantined[];
  /** How many of those are records of the stream. */
  readonly unstorable: number;
}

/**
 * Sorts a page into files, records by day and each kind of sideload, and what goes into quarantine.
 * @throws Error when a sideload has no table
 */
export function filesOf(page: Batch): PageFiles {
  const { subdomain } = page;
  const { [page.stream]: stream } = STREAMS;
  const refused = page.records.flatMap((record): Quarantined[] => {
    const reason = whyUnstorable(record, stream);
    return reason === undefined ? [] : [{ reason, json: textOf(record.json) }];
  });
  const quarantined: Quarantined[] = [...page.rejected, ...refused];
  const storable = page.records.filter((record) => whyUnstorable(record, stream) === undefined);
  const files = [...byDay(storable)].map(([day, versions]): PageFile => {
    const times = versions.map((version) => version.version);
    const bounds = {
      first: times.reduce((first, time) => Math.min(first, time)),
      last: times.reduce((last, time) => Math.max(last, time)),
    };
    const folder = recordsFolder(stream, subdomain, day);
    const isOdd = versions.some((version) => version.odd);
    return { folder, kind: page.stream, lines: linesOf(versions, quarantined), isOdd, bounds };
  });
  for (const [table, objects] of page.sideloads) {
    if (!sideloadTables(stream).includes(table)) throw new Error(`There is no table "${table}"`);
    const lines = linesOf(objects, quarantined).map(onOneLine);
    files.push({ folder: tableFolder(table, subdomain), kind: 'objects', lines, isOdd: false });
  }
  return { files: files.filter((file) => file.lines.length > 0), quarantined, unstorable: refused.length };
}

/** As strict readers can read them: one that cannot be read takes along the file it is in. */
function linesOf(records: readonly { readonly json: Json }[], quarantined: Quarantined[]): Uint8Array[] {
  return records.map((record) => {
    const held = holdable(record.json, true);
    quarantined.push(...originalOf(record, held));
    return bytesOf(held.json);
  });
}

function byDay(versions: readonly RecordVersion[]): Map<number, RecordVersion[]> {
  const days = new Map<number, RecordVersion[]>();
  for (const version of versions) {
    const day = dayOf(version.version);
    const others = days.get(day);
    if (others === undefined) days.set(day, [version]);
    else others.push(version);
  }
  return days;
}

/** A line break cannot stand inside a JSON string: this only folds pretty-printed records. */
function onOneLine(line: Uint8Array): Buffer {
  return Buffer.from(textOf(line).replace(/[\n\r]\s*/g, ' '));
}
