import type { WorkflowHandle } from '@temporalio/client';
import { medianBy } from '../bench/median';
import { newFolder } from '../development/folder';
import { changeAtRandom } from '../simulator';
import { randomStream } from '../simulator/random';
import type { Fault } from './fault';
import { compareAll, duckDbIn } from './place';
import { exportRequests, setScene, stopwatch, untilStatus, type Scene } from './scene';

const POLL_SECONDS = 60;
const CHANGES = 30;
/** More than this of what it was is no longer flat. */
const FLAT = 1.15;
/** For changes that are held back. */
const SETTLE_SECONDS = 120;

export const soak: Fault = {
  name: 'soak',
  what: `an export of all streams follows, with ${CHANGES} changes a minute of the account's time, which runs faster: DuckDB`,
  run: async ({ server, polls, say }) => {
    const folder = newFolder();
    const place = duckDbIn(folder.path);
    // The account's time ends up now: nothing may lie in the future.
    const behind = polls * POLL_SECONDS + 10 * SETTLE_SECONDS;
    const scene = await setScene(server, place.url, {
      latencyMs: 0,
      clock: () => Date.now() / 1000 - behind,
    });
    try {
      const worker = await scene.startWorker();
      const follow = { everySeconds: 3600 };
      const handle = await scene.startExport({ type: 'exportAccount', follow });
      await untilStatus(handle, 'the backfill', ({ state }) => state === 'waiting', 600);
      const random = randomStream(1);
      const [megabytes, events]: [number[], number[]] = [[], []];
      const seconds = stopwatch();
      for (let poll = 1; poll <= polls; poll += 1) {
        scene.simulator.advance(POLL_SECONDS);
        changeAtRandom(scene.simulator, random, CHANGES);
        await pollNow(scene, handle);
        megabytes.push((await worker.measure()).megabytes);
        events.push((await handle.describe()).historyLength);
        if (poll % Math.ceil(polls / 24) === 0)
          say(
            `soak: ${poll} of ${polls} polls, ${megabytes.at(-1)?.toFixed(0) ?? ''} MB, ${events.at(-1) ?? 0} events`,
          );
      }
      const took = seconds();
      scene.simulator.advance(SETTLE_SECONDS);
      await pollNow(scene, handle);
      await handle.cancel();
      const compared = await compareAll(place, scene.simulator);
      const third = Math.floor(polls / 3);
      const [first, last] = [median(megabytes.slice(0, third)), median(megabytes.slice(-third))];
      const memory = `${first.toFixed(0)} MB in the first third, ${last.toFixed(0)} MB in the last`;
      if (last > FLAT * first) throw new Error(`The worker's memory grows: ${memory}.`);
      return {
        happened: `${polls} polls and ${polls * CHANGES} changes in ${(took / 60).toFixed(0)} minutes; ${memory}; at most ${Math.max(...events)} events of history`,
        compared,
      };
    } finally {
      await scene.close();
      folder.remove();
    }
  },
};

/** By `resume`, which waits for no poll. */
async function pollNow({ simulator }: Scene, handle: WorkflowHandle): Promise<void> {
  const asked = exportRequests(simulator).length;
  await handle.signal('resume');
  await untilStatus(
    handle,
    'a poll',
    ({ state }) => state === 'waiting' && exportRequests(simulator).length > asked,
  );
}

function median(values: readonly number[]): number {
  return medianBy(values, (value) => value) ?? 0;
}
