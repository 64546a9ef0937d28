import { setTimeout as sleep } from 'node:timers/promises';
import { Runtime } from '@temporalio/worker';
import type { ExportGauges, Silent } from './exports';

const LOOK_EVERY_MS = 30_000;

/**
 * Looks after the gauges until it is stopped.
 * @returns stops it
 */
export function watchExports(gauges: ExportGauges): () => void {
  const stopped = new AbortController();
  const { signal } = stopped;
  const warn = reporter((problem, fields) => {
    if (!signal.aborted) Runtime.instance().logger.warn(problem, fields);
  });
  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      // Temporal is out of reach, which the SDK reports as well.
      await gauges.look().then(warn.silent, warn.failed);
      await sleep(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  void watch();
  return () => {
    stopped.abort();
  };
}

interface Reporter {
  readonly silent: (silent: readonly Silent[]) => void;
  readonly failed: (error: unknown) => void;
}

/** Says once what stays the same. */
function reporter(warn: (problem: string, fields: Record<string, unknown>) => void): Reporter {
  const reported = new Set<string>();
  let failed = false;
  return {
    silent: (silent) => {
      failed = false;
      for (const { workflowId, error } of silent) {
        if (reported.has(workflowId)) continue;
        reported.add(workflowId);
        warn('an export does not say how it goes: its metrics are stale', { workflowId, error });
      }
    },
    failed: (error) => {
      if (!failed) warn('metrics of exports are stale', { error });
      failed = true;
    },
  };
}
