import { setTimeout as sleep } from 'node:timers/promises';
import { Runtime } from '@temporalio/worker';
import type { ExportGauges } from './exports';

const LOOK_EVERY_MS = 30_000;

/**
 * Looks after the gauges until it is stopped.
 * @returns stops it
 */
export function watchExports(gauges: ExportGauges): () => void {
  const stopped = new AbortController();
  const { signal } = stopped;
  let failed = false;
  const look = async (): Promise<void> => {
    try {
      await gauges.look();
      failed = false;
    } catch (error) {
      // Temporal is out of reach, which the SDK reports as well; or no worker answers for an export.
      if (!failed && !signal.aborted)
        Runtime.instance().logger.warn('metrics of exports are stale', { error });
      failed = true;
    }
  };
  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      await look();
      await sleep(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  void watch();
  return () => {
    stopped.abort();
  };
}
