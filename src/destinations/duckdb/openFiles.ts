import { statSync } from 'node:fs';
import { Turns } from './turns';

/** Has a file open, and lets go of it when another one needs it. */
interface Holder {
  close(): Promise<void>;
}

const holders = new Map<string, Holder>();
/** Of opening: until a file is there, nothing shows which of its names mean the same. */
const turns = new Turns();

/** The same for every name of a file: links and mounts give it several. Undefined when there is none. */
export function fileAt(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

/**
 * Opens a file for one holder. A process that opens a DuckDB file twice breaks it: no lock keeps it from that. So who has
 * the file open under another name closes it first.
 * @param open makes the file when it is missing
 */
export async function openAlone(path: string, holder: Holder, open: () => Promise<void>): Promise<void> {
  for (;;) {
    const other = await turns.take(async () => {
      const holding = holders.get(fileAt(path) ?? '');
      if (holding !== undefined && holding !== holder) return holding;
      await open();
      const file = fileAt(path);
      if (file !== undefined) holders.set(file, holder);
      return undefined;
    });
    if (other === undefined) return;
    // Not within the turn: what it has under way may be about to open a file itself.
    await other.close();
  }
}

export function letGo(holder: Holder): void {
  for (const [file, holding] of holders) if (holding === holder) holders.delete(file);
}
