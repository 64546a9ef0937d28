import type { Fault } from './fault';
import { withPostgresBehindProxy } from './postgresProxy';
import { compareTickets } from './place';
import { failedAttempts, stopwatch, untilDone } from './scene';
import { until } from './until';

export const postgresSilent: Fault = {
  name: 'postgres-silent',
  what: 'connections to PostgreSQL stay open in mid-page, and nothing comes through any more, as when a firewall forgets them',
  run: async (circumstances) =>
    withPostgresBehindProxy(circumstances, async ({ place, proxy, sessions, scene }) => {
      const worker = await scene.startWorker();
      const handle = await scene.startExport();
      await sessions.writing(3);
      const seconds = stopwatch();
      for (const stream of ['upstream', 'downstream'] as const)
        await proxy.poison({ type: 'timeout', stream, attributes: { timeout: 0 } });
      await until('the worker to give up', () => (failedAttempts(worker) > 0 ? true : undefined), {
        seconds: 400,
      });
      const noticed = seconds().toFixed(0);
      await proxy.heal();
      await untilDone(handle);
      return {
        happened: `given up after ${noticed} s of silence, ${failedAttempts(worker)} attempts failed`,
        compared: await compareTickets(place, scene.simulator),
      };
    }),
};
