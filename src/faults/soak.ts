import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { startFleet } from '../bench/fleet';
import { compareStream } from '../development/compareWithAccount';
import { startDevServer } from '../development/devServer';
import { newFolder } from '../development/folder';
import { SERVED, startLiveUpdates, type Simulator, type SimulatorOptions } from '../simulator';
import type { Fault } from './fault';
import { duckDbIn } from './place';
import { exportRequests, stopwatch } from './scene';
import { until } from './until';

const DAY_SECONDS = 86_400;
/** As often as an export may. */
const POLL_SECONDS = 60;
/** One account that is polled every minute of a day. */
const POLLS = 1440;
/** Of every account, in a second. */
const CHANGES = 0.5;
/** More than this of what it was is no longer flat. */
const FLAT = 1.15;
/** So that histories come to their end as they do in weeks. Temporal's own is some thousands. */
const EVENTS = 500;

export const soak: Fault = {
  name: 'soak',
  what: `accounts whose day passes in --minutes change all the time, and are followed by one worker with ${POLLS} polls in all: DuckDB`,
  run: async ({ minutes, say }) => {
    const folder = newFolder();
    const place = duckDbIn(folder.path);
    const server = await startDevServer({
      dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': EVENTS },
    });
    const many = Math.ceil(POLLS / minutes);
    const fleet = await startFleet(server, accountsOf(many, minutes), { destination: place.url });
    try {
      const handles = await Promise.all(
        [...fleet.accounts.keys()].map(async (subdomain) =>
          fleet.start(subdomain, {
            streams: SERVED,
            follow: { everySeconds: POLL_SECONDS },
            requestsPerMinute: 1_000_000,
          }),
        ),
      );
      await untilPolled(fleet.accounts, 1);
      const stops = [...fleet.accounts.values()].map((simulator, seed) =>
        startLiveUpdates(simulator, CHANGES, seed + 1),
      );
      const megabytes: number[] = [];
      const seconds = stopwatch();
      while (seconds() < minutes * 60) {
        await sleep(5000);
        megabytes.push((await fleet.worker.measure()).megabytes);
        if (megabytes.length % 24 === 0)
          say(
            `soak: ${(seconds() / 60).toFixed(0)} of ${minutes} minutes, ${megabytes.at(-1)?.toFixed(0) ?? ''} MB`,
          );
      }
      for (const stop of stops) stop();
      // What was changed last is held back for a minute. A poll counts its minute from when it begins, which may be seconds before
      // its request: so the second one may come less than a minute after the last change.
      await untilPolled(fleet.accounts, 3);
      const polls = [...fleet.accounts.values()].reduce((sum, simulator) => sum + pollsOf(simulator), 0);
      const events = await longestHistory(handles);
      await Promise.all(handles.map(async (handle) => handle.cancel()));
      await Promise.allSettled(handles.map(async (handle): Promise<unknown> => handle.result()));
      const database = await place.open();
      let compared = 0;
      for (const simulator of fleet.accounts.values())
        for (const stream of SERVED) compared += await compareStream(database, simulator, stream);
      await database.close();
      const third = Math.floor(megabytes.length / 3);
      // What is in DuckDB's log and not yet in its file is held in memory: that rises and falls. The first third fills caches.
      const [before, last] = [
        Math.max(...megabytes.slice(third, -third)),
        Math.max(...megabytes.slice(-third)),
      ];
      const memory = `at most ${before.toFixed(0)} MB in the second third and ${last.toFixed(0)} MB in the last`;
      if (last > FLAT * before) throw new Error(`The worker's memory grows: ${memory}.`);
      return {
        happened: `a day of ${many} accounts in ${minutes} minutes, ${polls} polls; the worker held ${memory}; no history is longer than ${events} events`,
        compared,
      };
    } finally {
      await fleet.close();
      await server.teardown();
      folder.remove();
    }
  },
};

/** A day ago for them, which passes in so many minutes. They never get ahead of us: nothing may lie in the future. */
function accountsOf(many: number, minutes: number): Map<string, SimulatorOptions> {
  const began = Date.now() / 1000;
  const clock = (): number => {
    const now = Date.now() / 1000;
    return Math.min(now, began - DAY_SECONDS + ((now - began) * DAY_SECONDS) / (minutes * 60));
  };
  const options = { tickets: 200, tokens: { bearer: 'bench' }, clock };
  return new Map(Array.from({ length: many }, (_, index) => [`account${index}`, options]));
}

function pollsOf(simulator: Simulator): number {
  return exportRequests(simulator).filter(({ stream }) => stream === 'tickets').length;
}

/** Waits until each has been asked for tickets so many times more, and whatever comes with that is done. */
async function untilPolled(accounts: ReadonlyMap<string, Simulator>, more: number): Promise<void> {
  const simulators = [...accounts.values()];
  const before = simulators.map(pollsOf);
  const isPolled = (simulator: Simulator, index: number): boolean =>
    pollsOf(simulator) >= (before[index] ?? 0) + more;
  await until('polls of all accounts', () => (simulators.every(isPolled) ? true : undefined), {
    seconds: 600,
    everyMs: 1000,
  });
}

async function longestHistory(handles: readonly WorkflowHandle[]): Promise<number> {
  const lengths = await Promise.all(handles.map(async (handle) => (await handle.describe()).historyLength));
  return Math.max(...lengths);
}
