import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { types } from 'node:util';
import { flushFolder, makeFolder } from '../makeFolder';
import { folderFailure } from './folderFailure';
import type { ObjectStore } from './objectStore';

/** Files on their way, beside the tables, so that a reader's pattern never meets one. */
const UNFINISHED = '_tmp';
const UNFINISHED_FILE = /^_tmp\/[0-9a-f-]{36}$/;
const ABANDONED_AFTER_MS = 3_600_000;

/** Files below a folder. */
export class FolderStore implements ObjectStore {
  readonly name: string;
  readonly folder: string;
  /** Folders that are there, and stay when the power fails. */
  private readonly made = new Map<string, Promise<void>>();

  constructor(folder: string) {
    this.name = `Folder ${folder}`;
    this.folder = resolve(folder);
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    await this.explain(async () => {
      const path = join(this.folder, key);
      const unfinished = join(this.folder, UNFINISHED, randomUUID());
      await this.make(dirname(unfinished));
      await this.make(dirname(path));
      try {
        await writeFile(unfinished, body, { flush: true });
        await rename(unfinished, path);
      } catch (error) {
        // Somebody may have removed a folder: the next attempt makes it again.
        this.made.clear();
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
        if (!UNFINISHED_FILE.test(key)) continue; // Somebody else's.
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

  /** Once for all who want it, so that nobody builds on what another one is still making. */
  private async make(path: string): Promise<void> {
    const making = this.made.get(path) ?? this.makeBelow(path);
    this.made.set(path, making);
    await making.catch((error: unknown) => {
      this.made.delete(path);
      throw error;
    });
  }

  private async makeBelow(path: string): Promise<void> {
    if (path === this.folder) {
      await makeFolder(path);
      return;
    }
    await this.make(dirname(path));
    await makeFolder(path);
    // Also where it is there already: whoever made it may have died before this.
    await flushFolder(dirname(path));
  }

  private async explain<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw folderFailure(error, this.name);
    }
  }
}

function isMissing(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && error.code === 'ENOENT';
}
