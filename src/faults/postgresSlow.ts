import type { Fault } from './fault';
import { withPostgresBehindProxy } from './postgresProxy';
import { compareTickets } from './place';
import { failedAttempts, stopwatch, untilDone } from './scene';

const LATENCY_MS = 300;
const KB_PER_SECOND = 1000;

export const postgresSlow: Fault = {
  name: 'postgres-slow',
  what: `every answer of PostgreSQL is ${LATENCY_MS} ms late, and it takes ${KB_PER_SECOND} KB/s`,
  run: async (circumstances) =>
    withPostgresBehindProxy(circumstances, async ({ place, proxy, scene }) => {
      await proxy.poison({
        type: 'latency',
        stream: 'downstream',
        attributes: { latency: LATENCY_MS, jitter: LATENCY_MS / 3 },
      });
      await proxy.poison({ type: 'bandwidth', stream: 'upstream', attributes: { rate: KB_PER_SECOND } });
      const worker = await scene.startWorker();
      const seconds = stopwatch();
      const { pages } = await untilDone(await scene.startExport());
      return {
        happened: `${(seconds() / pages).toFixed(1)} s a page, ${failedAttempts(worker)} attempts failed`,
        compared: await compareTickets(place, scene.simulator),
      };
    }),
};
