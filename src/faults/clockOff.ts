import { spawnSync } from 'node:child_process';
import { onPath } from '../development/executables';
import { newFolder } from '../development/folder';
import { startPostgres } from '../development/postgres';
import { startS3 } from '../development/s3';
import { NotRun, type Fault } from './fault';
import { compareTickets, databaseAt, lakeAt } from './place';
import { bucketBehind, CREDENTIALS, portOf, someDaysAgo } from './s3Place';
import { setScene, untilDone, untilStatus } from './scene';

const HOURS = 7;

/**
 * The environment of a worker for which it is so much later or earlier.
 * @throws NotRun
 */
function atOtherTime(offset: string): Record<string, string> {
  const faketime = onPath('faketime');
  if (faketime === undefined)
    throw new NotRun('no faketime on the PATH; Debian has it in the package faketime');
  // It would run the worker as a process below its own. So it only says which library does it.
  const { stdout } = spawnSync(faketime, ['-f', '+0', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' });
  return {
    LD_PRELOAD: stdout.trim(),
    FAKETIME: offset,
    // A clock that is wrong still runs evenly: timeouts go by the other one.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}

export const clockAhead: Fault = {
  name: 'clock-ahead',
  what: `the worker's clock is ${HOURS} hours ahead: PostgreSQL`,
  run: async ({ server }) => {
    const environment = atOtherTime(`+${HOURS}h`);
    const postgres = await startPostgres();
    const place = databaseAt(postgres.url());
    const scene = await setScene(server, place.url);
    try {
      await scene.startWorker({ environment });
      const { watermark } = await untilDone(await scene.startExport());
      if (Date.parse(String(watermark)) > Date.now())
        throw new Error(`The watermark ${String(watermark)} lies in the future.`);
      return {
        happened: `it went through; the watermark is by Zendesk's clock, ${String(watermark)}`,
        compared: await compareTickets(place, scene.simulator),
      };
    } finally {
      await scene.close();
      await postgres.stop();
    }
  },
};

export const clockAheadS3: Fault = {
  name: 'clock-ahead-s3',
  what: `the worker's clock is ${HOURS} hours ahead: S3, which refuses signatures of another time`,
  run: async ({ server }) => {
    const environment = atOtherTime(`+${HOURS}h`);
    const s3 = await startS3();
    const place = bucketBehind(s3, portOf(s3));
    const scene = await setScene(server, place.url, { tickets: 3000, from: someDaysAgo() });
    try {
      await scene.startWorker({ environment: { ...environment, ...CREDENTIALS } });
      await untilDone(await scene.startExport());
      return {
        happened: 'it went through',
        compared: await compareTickets(place, scene.simulator),
      };
    } finally {
      await scene.close();
      await s3.remove();
    }
  },
};

export const clockBehind: Fault = {
  name: 'clock-behind',
  what: `the worker's clock is ${HOURS} hours behind, then put right: what Zendesk sends lies in its future`,
  run: async ({ server }) => {
    const environment = atOtherTime(`-${HOURS}h`);
    const folder = newFolder();
    const place = lakeAt(`file:${folder.path}`, folder.path);
    const scene = await setScene(server, place.url, { from: someDaysAgo() });
    try {
      const worker = await scene.startWorker({ environment });
      const handle = await scene.startExport();
      const { pages, lastError } = await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
      if (lastError?.message.includes("this worker's clock says") !== true)
        throw new Error(`The export does not name the clock, but: ${lastError?.message ?? 'nothing'}`);
      await worker.stop();
      await scene.startWorker();
      await handle.signal('resume');
      await untilDone(handle);
      return {
        happened: `blocked after ${pages} pages, at the first that lies in the worker's future, naming its clock; it went on at resume, once that was right`,
        compared: await compareTickets(place, scene.simulator),
      };
    } finally {
      await scene.close();
      folder.remove();
    }
  },
};
