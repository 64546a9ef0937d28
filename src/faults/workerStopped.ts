import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { Child } from '../development/child';
import { newFolder } from '../development/folder';
import { startPostgres } from '../development/postgres';
import type { Simulator } from '../simulator';
import type { Circumstances, Fault, Outcome } from './fault';
import { compareTickets, databaseAt, duckDbIn, lakeAt, type Place } from './place';
import { exportRequests, setScene, stopwatch, untilDone, untilStatus } from './scene';
import { Sessions } from './sessions';
import { until } from './until';

/** How late the answer is that the stopped worker finds when it is woken. */
const LATE_MS = 1000;

/** Stops a worker in mid-page. */
type Stop = (worker: Child, simulator: Simulator) => Promise<void>;

/** While it waits for an answer, which then comes while it sleeps. */
const beforeAnswer: Stop = async (worker, simulator) => {
  simulator.fault({ kind: 'slow', ms: LATE_MS });
  const asked = exportRequests(simulator).length;
  const request = await until('a page asked for', () => exportRequests(simulator)[asked]);
  worker.signal('SIGSTOP');
  await until('its answer', () => (request.status === 200 ? true : undefined));
};

/**
 * Another worker continues to the end meanwhile, and all that was on the page changes. Then the first one wakes up with the page as
 * it was: older versions, in a page that is done, of an export that is over.
 */
async function wokenTooLate({ server }: Circumstances, place: Place, stop: Stop): Promise<Outcome> {
  const scene = await setScene(server, place.url);
  const { simulator } = scene;
  try {
    const stopped = await scene.startWorker();
    const handle = await scene.startExport();
    const { pages } = await untilStatus(handle, 'some pages', (status) => status.pages >= 2);
    await stop(stopped, simulator);
    changeAll(simulator);
    const seconds = stopwatch();
    await scene.startWorker();
    const pause = await untilNextPage(handle, pages, seconds);
    await untilDone(handle);
    const slept = seconds();
    const landed = pagesOf(stopped);
    stopped.signal('SIGCONT');
    await stopped.stop();
    const late = pagesOf(stopped) > landed ? 'then wrote its page, late' : 'then gave its page up';
    return {
      happened: `another worker had the page ${pause} s after the stop; the first slept ${slept.toFixed(0)} s, ${late}`,
      compared: await compareTickets(place, simulator),
    };
  } finally {
    await scene.close();
  }
}

async function untilNextPage(handle: WorkflowHandle, pages: number, seconds: () => number): Promise<string> {
  // The page under way may have landed before the stop.
  await untilStatus(handle, 'the next page', (status) => status.pages > pages + 1, 300);
  return seconds().toFixed(0);
}

function pagesOf(worker: Child): number {
  return (worker.output().match(/page exported/g) ?? []).length;
}

/** New versions of all tickets, some of them on each second of a minute that is no longer held back. */
function changeAll(simulator: Simulator): void {
  const from = Math.floor(simulator.now()) - 118;
  for (const { id } of [...simulator.newestVersions()])
    simulator.update(id, { at: from + Math.floor(id / 200) });
}

/** Between the writing of a file and its name. */
function inMidFile(folder: string): Stop {
  const unfinished = (): true | undefined =>
    readdirSync(join(folder, '_tmp')).length > 0 ? true : undefined;
  return async (worker) => {
    const stop = async (): Promise<true | undefined> => {
      await until('a file on its way', unfinished, { everyMs: 0 });
      worker.signal('SIGSTOP');
      if (unfinished() === true) return true;
      worker.signal('SIGCONT');
      return undefined;
    };
    await until('a stop in mid-file', stop);
  };
}

export const workerStoppedFiles: Fault = {
  name: 'worker-stopped-files',
  what: 'a worker is stopped (SIGSTOP) in mid-page for longer than the heartbeat, and woken after another one is done: files',
  run: async (circumstances) => {
    const folder = newFolder();
    try {
      return await wokenTooLate(
        circumstances,
        lakeAt(`file:${folder.path}`, folder.path),
        inMidFile(folder.path),
      );
    } finally {
      folder.remove();
    }
  },
};

export const workerStoppedPostgres: Fault = {
  name: 'worker-stopped-postgres',
  what: 'the same: PostgreSQL',
  run: async (circumstances) => {
    const postgres = await startPostgres({ fsync: 'on' });
    try {
      return await wokenTooLate(circumstances, databaseAt(postgres.url()), beforeAnswer);
    } finally {
      await postgres.stop();
    }
  },
};

export const workerStoppedInTransaction: Fault = {
  name: 'worker-stopped-in-transaction',
  what: 'the same, stopped within a transaction of PostgreSQL, which holds locks on the rows',
  run: async (circumstances) => {
    const postgres = await startPostgres({ fsync: 'on' });
    const sessions = await Sessions.open(postgres.url());
    try {
      return await wokenTooLate(circumstances, databaseAt(postgres.url()), async (worker) => {
        await until('a stop within a transaction', async () => {
          await sessions.writing(0);
          worker.signal('SIGSTOP');
          if ((await sessions.writer()) !== undefined) return true;
          // It had committed just before.
          worker.signal('SIGCONT');
          return undefined;
        });
      });
    } finally {
      await sessions.close();
      await postgres.stop();
    }
  },
};

const SLEEP_SECONDS = 30;

export const workerStoppedDuckDb: Fault = {
  name: 'worker-stopped-duckdb',
  what: `the only worker is stopped in mid-page for ${SLEEP_SECONDS} s and woken: DuckDB, whose file it holds`,
  run: async ({ server }) => {
    const folder = newFolder();
    const place = duckDbIn(folder.path);
    const scene = await setScene(server, place.url);
    const { simulator } = scene;
    try {
      const worker = await scene.startWorker();
      const handle = await scene.startExport();
      await untilStatus(handle, 'some pages', (status) => status.pages >= 2);
      await beforeAnswer(worker, simulator);
      changeAll(simulator);
      const asleep = stopwatch();
      await until('the heartbeat to be missed', () => (asleep() > SLEEP_SECONDS ? true : undefined));
      const asked = exportRequests(simulator).length;
      worker.signal('SIGCONT');
      const seconds = stopwatch();
      await until('the next page', () => exportRequests(simulator)[asked]);
      const pause = seconds().toFixed(1);
      await untilDone(handle);
      return {
        happened: `it asked for a page again ${pause} s after it was woken`,
        compared: await compareTickets(place, simulator),
      };
    } finally {
      await scene.close();
      folder.remove();
    }
  },
};
