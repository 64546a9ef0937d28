import type { Fault } from './fault';
import { compareTickets, duckDbIn, lakeAt, type Place } from './place';
import { setScene, stopwatch, untilDone, untilStatus } from './scene';
import { mountSmallDisk } from './smallDisk';

const LARGE_MB = 400;

/** @param megabytes of the disk, which hold a part of the tickets */
function diskFull(
  name: string,
  of: string,
  megabytes: number,
  tickets: number,
  placeIn: (folder: string) => Place,
): Fault {
  return {
    name,
    what: `the disk under ${of} is full in mid-page; then it has space again`,
    run: async ({ server }) => {
      const disk = mountSmallDisk(megabytes);
      const place = placeIn(disk.folder);
      const scene = await setScene(server, place.url, { tickets, latencyMs: 0 });
      try {
        await scene.startWorker();
        const handle = await scene.startExport();
        const blocked = await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
        const { type = '', message = '' } = blocked.lastError ?? {};
        if (type !== 'DestinationRefused' || !message.includes('Free some space'))
          throw new Error(`The export does not say that the disk is full, but: ${type}: ${message}`);
        disk.grow(LARGE_MB);
        await handle.signal('resume');
        const seconds = stopwatch();
        await untilStatus(handle, 'the next page', ({ pages }) => pages > blocked.pages);
        const pause = seconds().toFixed(1);
        await untilDone(handle);
        return {
          happened: `blocked after ${blocked.pages} pages with “Free some space, then resume”, the page landed ${pause} s after resume`,
          compared: await compareTickets(place, scene.simulator),
        };
      } finally {
        await scene.close();
        disk.remove();
      }
    },
  };
}

export const duckDbDiskFull = diskFull('duckdb-disk-full', 'a DuckDB file', 16, 12_000, duckDbIn);

export const filesDiskFull = diskFull('files-disk-full', 'a folder of files', 4, 20_000, (folder) =>
  lakeAt(`file:${folder}`, folder),
);
