import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { types } from 'node:util';

/**
 * Makes a folder and those above it, so that they outlive a power failure. One by one: where a file system is read-only,
 * Node's own way (`recursive`) says ENOENT.
 * @param path absolute
 */
export async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) await makeFolder(parent);
  try {
    await mkdir(path);
  } catch (error) {
    // Unless somebody else has made it meanwhile.
    if (!(await isFolder(path))) throw error;
  }
  await flushFolder(parent);
}

/** Makes what is in a folder by now outlive a power failure. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch((error: unknown) => {
    // Whoever may add to it may perhaps not read it: then the system flushes it in its own time.
    if (types.isNativeError(error) && 'code' in error && error.code === 'EACCES') return undefined;
    throw error;
  });
  try {
    await folder?.sync();
  } finally {
    await folder?.close();
  }
}

async function isFolder(path: string): Promise<boolean> {
  // Whatever is wrong with it, making it fails and says what.
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}
