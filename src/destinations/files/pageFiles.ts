import { STREAMS, type StreamName } from '../../streams';
import type { RecordVersion } from '../../streams/record';
import { recordsByStream, sweptBy, type Batch } from '../destination';
import { holdable, originalOf, type Quarantined } from '../holdable';
import { bytesOf, textOf } from '../recordText';
import { dayOf, recordsFolder, sweepFolder } from './layout';
import { whyUnstorable } from './unstorable';

/** A file to be. */
export interface PageFile {
  readonly folder: string;
  readonly stream: StreamName;
  /** JSON without line breaks, at least one. */
  readonly lines: readonly Uint8Array[];
  /** Whether a line is an odd record. */
  readonly isOdd: boolean;
  /** By version, Unix seconds. */
  readonly bounds: { readonly first: number; readonly last: number };
}

interface PageFiles {
  readonly files: readonly PageFile[];
  readonly quarantined: readonly Quarantined[];
  /** How many of those are records of the page's stream that cannot be stored. */
  readonly unstorable: number;
}

/** Sorts a page into files, its records by day, what came with them a file each, and what goes into quarantine. */
export function filesOf(page: Batch): PageFiles {
  const quarantined: Quarantined[] = [...page.rejected];
  const files: PageFile[] = [];
  let unstorable = 0;
  for (const [stream, records] of recordsByStream(page)) {
    const refused = records.flatMap((record): Quarantined[] => {
      const reason = whyUnstorable(record, STREAMS[stream]);
      return reason === undefined ? [] : [{ stream, reason, json: textOf(record.json) }];
    });
    quarantined.push(...refused);
    if (stream === page.stream) unstorable = refused.length;
    const storable = records.filter((record) => whyUnstorable(record, STREAMS[stream]) === undefined);
    for (const [folder, versions] of foldersOf(page, stream, storable)) {
      files.push({
        folder,
        stream,
        lines: linesOf(stream, versions, quarantined),
        isOdd: versions.some((version) => version.odd),
        bounds: boundsOf(versions),
      });
    }
  }
  return { files, quarantined, unstorable };
}

function foldersOf(
  page: Batch,
  stream: StreamName,
  records: readonly RecordVersion[],
): readonly (readonly [string, readonly RecordVersion[]])[] {
  const { subdomain } = page;
  const { [stream]: of } = STREAMS;
  const began = sweptBy(page, stream);
  if (records.length === 0) return [];
  if (began !== null) return [[sweepFolder(of, subdomain, began), records]];
  const days = stream === page.stream ? byDay(records) : onOneDay(records);
  return [...days].map(([day, versions]) => [recordsFolder(of, subdomain, day), versions]);
}

/** As strict readers can read them: one that cannot be read takes along the file it is in. */
function linesOf(
  stream: StreamName,
  records: readonly RecordVersion[],
  quarantined: Quarantined[],
): Uint8Array[] {
  return records.map((record) => {
    const held = holdable(record.json, true);
    quarantined.push(...originalOf(stream, record, held));
    return bytesOf(held.json);
  });
}

function boundsOf(versions: readonly RecordVersion[]): PageFile['bounds'] {
  const times = versions.map(({ version }) => version);
  return {
    first: times.reduce((first, time) => Math.min(first, time)),
    last: times.reduce((last, time) => Math.max(last, time)),
  };
}

/**
 * What comes with a page's records is of hundreds of days, and would be as many files of a few lines. It is one, on the day of
 * the newest: whoever reads from a day on finds all that is of it.
 */
function onOneDay(versions: readonly RecordVersion[]): ReadonlyMap<number, readonly RecordVersion[]> {
  return new Map([[dayOf(boundsOf(versions).last), versions]]);
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
