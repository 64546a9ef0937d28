import { setTimeout as sleep } from 'node:timers/promises';

/** Short against the writing of a page, which is to be met in its middle. */
const LOOK_MS = 5;

/**
 * Waits for something that becomes true by itself.
 * @throws Error when it does not in time
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  { seconds = 60, everyMs = LOOK_MS }: { readonly seconds?: number; readonly everyMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > deadline) throw new Error(`Waited ${seconds} s for ${what}.`);
    await sleep(everyMs);
  }
}
