import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For what a run writes. */
export interface Folder {
  readonly path: string;
  remove(): void;
}

/** A new, empty one; it is gone with this process at the latest. */
export function newFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'zendesk-export-'));
  const remove = (): void => {
    process.off('exit', remove);
    // A process that has just been killed may still be at it.
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', remove);
  return { path, remove };
}
