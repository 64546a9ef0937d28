import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { isServerAway, look } from './look';
import type { Screen } from './screen';
import type { Sight } from './sight';

interface Watched {
  /** The ids of the exports to look at; asked before every look. */
  readonly exports: () => Promise<readonly string[]>;
  readonly screen: Screen;
  readonly everyMs: number;
}

/** For one round of looks; a server that is longer silent is away. */
const ANSWER_MS = 15_000;

/** Shows exports until all of them have ended, and returns how. A server that goes away is waited for. */
export async function watch(
  client: Client,
  { exports, screen, everyMs }: Watched,
): Promise<readonly Sight[]> {
  const seen = new Map<string, Sight>();
  const missing = (workflowId: string): boolean => seen.get(workflowId)?.ended === undefined;
  for (let first = true; ; first = false) {
    try {
      await client.withDeadline(Date.now() + ANSWER_MS, async () => {
        const ids = [...new Set([...(await exports()), ...seen.keys()])].filter(missing);
        for (const sight of await Promise.all(ids.map(async (id) => look(client, id)))) {
          seen.set(sight.workflowId, sight);
        }
      });
    } catch (error) {
      if (first || !isServerAway(error)) throw error;
      for (const [id, sight] of seen) {
        if (missing(id))
          seen.set(id, { ...sight, note: 'the Temporal server does not answer; trying again' });
      }
    }
    const sights = [...seen.values()];
    screen.show(sights);
    if (sights.every(({ ended }) => ended !== undefined)) return sights;
    // Gently with a fleet: at most twenty requests a second.
    await sleep(Math.max(everyMs, 100 * sights.length));
  }
}
