import type { Fault } from './fault';
import { withPostgresBehindProxy } from './postgresProxy';
import { compareTickets } from './place';
import { failedAttempts, stopwatch, untilDone, untilStatus } from './scene';

/** Less than a page, which has some 750 KB. */
const BYTES = 300_000;

export const postgresCut: Fault = {
  name: 'postgres-cut',
  what: `every connection to PostgreSQL is cut after ${BYTES / 1000} KB, in mid-page, and once all of them at once`,
  run: async (circumstances) =>
    withPostgresBehindProxy(circumstances, async ({ place, proxy, sessions, scene }) => {
      const worker = await scene.startWorker();
      const handle = await scene.startExport();
      await sessions.writing(2);
      await proxy.poison({ type: 'reset_peer', stream: 'upstream', attributes: { timeout: 0 } });
      await proxy.heal();
      await sessions.writing(4);
      await proxy.poison({ type: 'limit_data', stream: 'upstream', attributes: { bytes: BYTES } });
      await untilStatus(
        handle,
        'the failure',
        ({ lastError }) => lastError?.type === 'DestinationUnavailable',
      );
      await proxy.heal();
      const seconds = stopwatch();
      const pages = await sessions.pages();
      await untilStatus(handle, 'the next page', (status) => status.pages > pages);
      const pause = seconds().toFixed(1);
      await untilDone(handle);
      return {
        happened: `${failedAttempts(worker)} attempts cut, the status named the cause, the page landed ${pause} s after the last cut`,
        compared: await compareTickets(place, scene.simulator),
      };
    }),
};
