import { startS3 } from '../development/s3';
import { startProxy } from '../development/toxiproxy';
import { NotRun, type Fault } from './fault';
import { compareTickets } from './place';
import { WITHOUT_TOXIPROXY } from './postgresProxy';
import { bucketBehind, CREDENTIALS, portOf, someDaysAgo } from './s3Place';
import { exportRequests, failedAttempts, setScene, stopwatch, untilDone } from './scene';
import { until } from './until';

const LATENCY_MS = 1000;
const KB_PER_SECOND = 50;
/** Less than a day's file has. */
const BYTES = 10_000;

export const s3Slow: Fault = {
  name: 's3-slow',
  what: `every answer of S3 is ${LATENCY_MS} ms late, it takes ${KB_PER_SECOND} KB/s, and once cuts connections in the middle of a file`,
  run: async ({ server }) => {
    const s3 = await startS3();
    const proxy = await startProxy(portOf(s3));
    if (proxy === undefined) {
      await s3.remove();
      throw new NotRun(WITHOUT_TOXIPROXY);
    }
    const place = bucketBehind(s3, proxy.port);
    const scene = await setScene(server, place.url, { tickets: 3000, from: someDaysAgo() });
    try {
      await proxy.poison({ type: 'latency', stream: 'downstream', attributes: { latency: LATENCY_MS } });
      await proxy.poison({ type: 'bandwidth', stream: 'upstream', attributes: { rate: KB_PER_SECOND } });
      const worker = await scene.startWorker({ environment: CREDENTIALS });
      const seconds = stopwatch();
      const handle = await scene.startExport();
      await until('the second page', () => exportRequests(scene.simulator)[1]);
      await proxy.poison({ type: 'limit_data', stream: 'upstream', attributes: { bytes: BYTES } });
      await until('a cut', () => (failedAttempts(worker) > 0 ? true : undefined));
      await proxy.heal();
      await proxy.poison({ type: 'latency', stream: 'downstream', attributes: { latency: LATENCY_MS } });
      const { pages } = await untilDone(handle);
      return {
        happened: `${(seconds() / pages).toFixed(1)} s a page, ${failedAttempts(worker)} attempts failed`,
        compared: await compareTickets(place, scene.simulator),
      };
    } finally {
      await scene.close();
      await proxy.close();
      await s3.remove();
    }
  },
};
