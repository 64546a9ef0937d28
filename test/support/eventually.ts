import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for something that will become true by itself. Looks often, so that a test is as quick as what it waits for.
 * @throws Error with the last thing seen, when it does not within a minute
 */
export async function eventually<T>(
  look: () => Promise<T | undefined> | T | undefined,
  what: string,
): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > deadline) throw new Error(`Waited a minute for ${what}`);
    await sleep(50);
  }
}
