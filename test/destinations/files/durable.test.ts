import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FilesDestination } from '../../../src/destinations/files/filesDestination';
import { NOON, page, ticket } from '../pages';

let folder: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'durable-'));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await fs.rm(folder, { recursive: true });
});

interface Events {
  /** Folders whose entries have changed since they were last flushed. */
  readonly unflushed: Set<string>;
  /** Of those, what there was whenever a file of `export_pages` appeared. */
  readonly lostWithManifests: string[][];
}

/** Looks on at the calls of the file system, which do what they always do. */
function watch(): Events {
  const unflushed = new Set<string>();
  const lostWithManifests: string[][] = [];
  const { mkdir, open, rename } = fs;
  jest.spyOn(fs, 'mkdir').mockImplementation(async (path, options) => {
    const made = await mkdir(path, options);
    unflushed.add(dirname(String(path)));
    return made;
  });
  jest.spyOn(fs, 'rename').mockImplementation(async (from, to) => {
    if (String(to).includes('export_pages')) lostWithManifests.push([...unflushed]);
    await rename(from, to);
    unflushed.add(dirname(String(to)));
  });
  jest.spyOn(fs, 'open').mockImplementation(async (path, ...rest) => {
    const handle = await open(path, ...rest);
    const sync = handle.sync.bind(handle);
    handle.sync = async () => {
      await sync();
      unflushed.delete(String(path));
    };
    return handle;
  });
  return { unflushed, lostWithManifests };
}

/** Tickets of three days. */
const TICKETS = [0, 1, 2].map((day) => ticket(day + 1, NOON + day * 86_400));

test('when the manifest appears, every folder and file of its page outlives a power failure', async () => {
  const { unflushed, lostWithManifests } = watch();
  const destination = new FilesDestination(`file:${join(folder, 'made', 'for', 'this')}`);
  await destination.prepare();
  await destination.write(page(1, TICKETS));
  await destination.write(page(2, [ticket(9, NOON + 9 * 86_400)]));
  expect(lostWithManifests).toEqual([[], []]);
  expect([...unflushed]).toEqual([]);
});

test('so do the folders that a writer had made who died before he flushed them', async () => {
  const root = join(folder, 'export');
  await new FilesDestination(`file:${root}`).write(page(1, TICKETS));
  const flushed: string[] = [];
  const { open } = fs;
  jest.spyOn(fs, 'open').mockImplementation(async (path, ...rest) => {
    flushed.push(String(path));
    return open(path, ...rest);
  });
  await new FilesDestination(`file:${root}`).write(page(2, TICKETS));
  expect(flushed).toEqual(
    expect.arrayContaining([
      root,
      join(root, 'tickets'),
      join(root, 'tickets', 'subdomain=acme'),
      join(root, 'export_pages'),
    ]),
  );
});

test('a folder that somebody has removed is made anew, and its page is not lost', async () => {
  const root = join(folder, 'export');
  const destination = new FilesDestination(`file:${root}`);
  await destination.write(page(1, TICKETS));
  await fs.rm(root, { recursive: true });
  // An attempt may fail, for what may pass.
  await destination.write(page(2, TICKETS)).catch(() => undefined);
  await destination.write(page(2, TICKETS));
  expect(await destination.checkpoint('acme', page(2, []).key)).toBe('{"page":2}');
});
