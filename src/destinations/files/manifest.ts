import { z } from 'zod';
import type { Batch } from '../destination';
import { jsonOrUndefined } from '../../json';

export interface WrittenFile {
  /** Below the root. */
  readonly path: string;
  readonly records: number;
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** One JSON object on one line, with the columns that `export_pages` has in a database, and the files. */
export function manifestOf(page: Batch, unstorable: number, files: readonly WrittenFile[]): string {
  return JSON.stringify({
    export_id: page.key.exportId,
    epoch: page.key.epoch,
    page: page.key.page,
    stream: page.stream,
    position: page.position,
    tickets: page.records.length - unstorable,
    quarantined: page.rejected.length + unstorable,
    first_generated: page.first,
    last_generated: page.last,
    written_at: new Date().toISOString(),
    files,
    checkpoint: page.checkpoint({ unstorable, swept: 0 }),
  });
}

const stored = z.object({ checkpoint: z.string() });

/** @returns undefined when the text is no manifest */
export function checkpointIn(manifest: string): string | undefined {
  return stored.safeParse(jsonOrUndefined(manifest)).data?.checkpoint;
}
