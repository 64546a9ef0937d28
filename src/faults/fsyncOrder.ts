import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onPath } from '../development/executables';
import { newFolder } from '../development/folder';
import { NotRun, type Fault } from './fault';
import { compareTickets, lakeAt } from './place';
import { someDaysAgo } from './s3Place';
import { setScene, untilDone } from './scene';
import { renamesIn, TRACED, type Rename } from './trace';

export const fsyncOrder: Fault = {
  name: 'fsync-order',
  what: 'no fault, but what one needs: files are on disk before they get their names, and before the manifest that names them',
  run: async ({ server }) => {
    const strace = onPath('strace');
    if (strace === undefined) throw new NotRun('no strace on the PATH');
    const folder = newFolder();
    const lake = join(folder.path, 'lake');
    const trace = join(folder.path, 'trace');
    const place = lakeAt(`file:${lake}`, lake);
    const scene = await setScene(server, place.url, { tickets: 2000, from: someDaysAgo() });
    try {
      // As a process beside the worker, which stays the child.
      const through = [strace, '-D', '-f', '-y', '-s', '0', '-o', trace, '-e', `trace=${TRACED}`];
      const worker = await scene.startWorker({ through });
      await untilDone(await scene.startExport());
      await worker.stop();
      const renames = renamesIn(readFileSync(trace, 'utf8')).filter(({ path }) => path.startsWith(lake));
      const files = checked(renames);
      return {
        happened: `${files} files, each written, fsync, rename, fsync of its folder; each manifest after all of its files`,
        compared: await compareTickets(place, scene.simulator),
      };
    } finally {
      await scene.close();
      folder.remove();
    }
  },
};

/** @throws Error that names the first file that a power failure could take */
function checked(renames: readonly Rename[]): number {
  if (renames.length === 0) throw new Error('The trace shows no file that was renamed into its place.');
  for (const { path, wasFlushed, settled } of renames) {
    if (!wasFlushed) throw new Error(`${path} was renamed before all of it was on disk.`);
    if (settled === undefined) throw new Error(`The folder of ${path} was not flushed.`);
  }
  for (const manifest of renames.filter(({ path }) => path.includes('/export_pages/'))) {
    const before = renames.filter(({ begin }) => begin < manifest.begin);
    const unsettled = before.find(({ settled = Infinity }) => settled > manifest.begin);
    if (unsettled !== undefined)
      throw new Error(`${manifest.path} was there before ${unsettled.path} was on disk.`);
  }
  return renames.length;
}
