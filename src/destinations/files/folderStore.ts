import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { types } from 'node:util';
import { folderFailure } from './folderFailure';
import type { ObjectStore } from './objectStore';

/** Files on their way, beside the tables, so that a reader's pattern never meets one. */
const UNFINISHED = '_tmp';
const ABANDONED_AFTER_MS = 3_600_000;

/** Files below a folder. */
export class FolderStore implements ObjectStore {
  readonly name: string;

  constructor(readonly folder: string) {
    this.name = `Folder ${folder}`;
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    await this.explain(async () => {
      const path = join(this.folder, key);
      const unfinished = join(this.folder, UNFINISHED, randomUUID());
      await mkdir(dirname(unfinished), { recursive: true });
      await mkdir(dirname(path), { recursive: true });
      try {
        await writeFile(unfinished, body, { flush: true });
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
      // The manifest comes last: what it names must outlive a power failure if it does itself.
      await flushFolder(dirname(path));
    });
  }

  async get(key: string): Promise<Buffer | undefined> {
    return this.explain(async () => {
      try {
        return await readFile(join(this.folder, key));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    });
  }

  async list(prefix: string): Promise<string[]> {
    return this.explain(async () => {
      const entries = await readdir(join(this.folder, prefix), {
        recursive: true,
        withFileTypes: true,
      }).catch((error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(this.folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
    });
  }

  async delete(key: string): Promise<void> {
    await this.explain(async () => rm(join(this.folder, key), { force: true }));
  }

  /** Removes what writers that died left behind; what is younger may belong to one that lives. */
  async clean(): Promise<void> {
    await this.explain(async () => {
      for (const key of await this.list(`${UNFINISHED}/`)) {
        const path = join(this.folder, key);
        const found = await stat(path).catch(() => undefined); // Gone: put in its place meanwhile.
        if (found !== undefined && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS)
          await rm(path, { force: true });
      }
    });
  }

  close(): void {
    // Every file is closed after its use.
  }

  private async explain<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw folderFailure(error, this.name);
    }
  }
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isMissing(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && error.code === 'ENOENT';
}
