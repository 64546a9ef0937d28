import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDevServer } from '../development/devServer';
import { newFolder } from '../development/folder';
import type { Fault } from './fault';
import { compareTickets, duckDbIn } from './place';
import { exportRequests, setScene, stopwatch, untilDone } from './scene';
import { until } from './until';

const MINUTES = 3;

export const temporalGone: Fault = {
  name: 'temporal-gone',
  what: `the Temporal server is killed while a page is under way, and is back after ${MINUTES} minutes`,
  run: async () => {
    const folder = newFolder();
    // Of its own: this one keeps its histories in a file.
    const dbFilename = join(folder.path, 'temporal.db');
    const first = await startDevServer({ dbFilename });
    const place = duckDbIn(folder.path);
    const scene = await setScene(first, place.url, { latencyMs: 300 });
    try {
      const worker = await scene.startWorker();
      const { workflowId } = await scene.startExport();
      await until('a page under way', () => exportRequests(scene.simulator)[4]);
      await first.teardown('SIGKILL');
      await sleep(MINUTES * 60_000);
      const asked = exportRequests(scene.simulator).length;
      const seconds = stopwatch();
      const second = await startDevServer({ dbFilename, port: Number(first.address.split(':')[1]) });
      try {
        const handle = second.client.workflow.getHandle(workflowId);
        await until('the next page', () => exportRequests(scene.simulator)[asked], { seconds: 180 });
        const pause = seconds().toFixed(1);
        await untilDone(handle);
        return {
          happened: `the same worker asked for the next page ${pause} s after the server began to start`,
          compared: await compareTickets(place, scene.simulator),
        };
      } finally {
        await worker.kill();
        await second.teardown();
      }
    } finally {
      await scene.close();
      folder.remove();
    }
  },
};
