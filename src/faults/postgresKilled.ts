import { startPostgres, type PostgresServer } from '../development/postgres';
import type { Fault } from './fault';
import { compareTickets, databaseAt } from './place';
import { failedAttempts, setScene, stopwatch, untilDone } from './scene';
import { Sessions } from './sessions';
import { until } from './until';

const KILLS = 3;

export const postgresKilled: Fault = {
  name: 'postgres-killed',
  what: `PostgreSQL is killed ${KILLS} times in the middle of a page's transaction, and started again`,
  run: async ({ server }) => {
    const postgres = await startPostgres({ fsync: 'on' });
    const place = databaseAt(postgres.url());
    const scene = await setScene(server, place.url);
    try {
      const worker = await scene.startWorker();
      const handle = await scene.startExport();
      const pauses: number[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) {
        const pages = await killInTransaction(postgres, 2 * kill + 1);
        const failed = failedAttempts(worker);
        await until('the worker to notice', () => (failedAttempts(worker) > failed ? true : undefined));
        await restart(postgres);
        const seconds = stopwatch();
        await untilPages(postgres, pages + 1);
        pauses.push(seconds());
      }
      await untilDone(handle);
      const compared = await compareTickets(place, scene.simulator);
      const longest = Math.max(...pauses).toFixed(1);
      return {
        happened: `${KILLS} kills in a transaction, ${failedAttempts(worker)} attempts failed, the page landed at most ${longest} s after the server was back`,
        compared,
      };
    } finally {
      await scene.close();
      await postgres.stop();
    }
  },
};

/** @returns the pages that are written by then */
async function killInTransaction(postgres: PostgresServer, after: number): Promise<number> {
  const sessions = await Sessions.open(postgres.url());
  try {
    const writer = await sessions.writing(after);
    const pages = await sessions.pages();
    await postgres.kill();
    // Its sessions would end by themselves, in their own time.
    signalUnlessGone(writer);
    return pages;
  } finally {
    await sessions.close();
  }
}

function signalUnlessGone(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!String(error).includes('ESRCH')) throw error;
  }
}

/** Not before the last process of the one before is gone: it is refused until then. */
async function restart(postgres: PostgresServer): Promise<void> {
  await until(
    'PostgreSQL to start again',
    async () =>
      postgres.restart().then(
        () => true,
        () => undefined,
      ),
    { everyMs: 100 },
  );
}

async function untilPages(postgres: PostgresServer, least: number): Promise<void> {
  const sessions = await Sessions.open(postgres.url());
  try {
    await until('the next page', async () => ((await sessions.pages()) >= least ? true : undefined));
  } finally {
    await sessions.close();
  }
}
