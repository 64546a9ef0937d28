import { startS3 } from '../development/s3';
import { startFailingProxy } from './failingProxy';
import type { Fault } from './fault';
import { compareTickets } from './place';
import { bucketBehind, CREDENTIALS, portOf, someDaysAgo } from './s3Place';
import { setScene, stopwatch, untilDone, untilStatus } from './scene';

export const s3Failing: Fault = {
  name: 's3-500',
  what: 'S3 answers every third request with 500, and for a while all of them',
  run: async ({ server }) => {
    const s3 = await startS3();
    const proxy = await startFailingProxy(portOf(s3));
    const place = bucketBehind(s3, proxy.port);
    const scene = await setScene(server, place.url, { from: someDaysAgo() });
    const third = (request: number): boolean => request % 3 === 0;
    try {
      proxy.fail(third);
      await scene.startWorker({ environment: CREDENTIALS });
      const handle = await scene.startExport();
      const { pages } = await untilStatus(handle, 'some pages', (status) => status.pages >= 2);
      proxy.fail(() => true);
      await untilStatus(
        handle,
        'the failure',
        ({ lastError }) => lastError?.type === 'DestinationUnavailable',
      );
      proxy.fail(third);
      const seconds = stopwatch();
      await untilStatus(handle, 'the next page', (status) => status.pages > pages);
      const pause = seconds().toFixed(1);
      await untilDone(handle);
      return {
        happened: `${proxy.failed} requests failed, the status named the cause, the page landed ${pause} s after the outage`,
        compared: await compareTickets(place, scene.simulator),
      };
    } finally {
      await scene.close();
      await proxy.close();
      await s3.remove();
    }
  },
};
