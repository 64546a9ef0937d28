import { CancellationScope, sleep } from '@temporalio/workflow';
import { LONGEST_PAUSE_SECONDS } from '../src/contract/time';
import type { WaitEnd } from './host';

interface Timer {
  /** Unix milliseconds. */
  readonly rings: number;
  readonly scope: CancellationScope;
}

/**
 * Timers that outlast a wait: one that a page interrupts is mostly taken up again, and to cancel a timer and start it again are
 * two events. There is one for each reason to wait, so that the quota's, every minute, leaves tomorrow's look alone.
 */
export class Alarm {
  private readonly timers = new Map<string, Timer>();

  /** @param rung called whenever a timer rings */
  constructor(private readonly rung: () => void) {}

  /** Whether a timer rings by then. */
  isSet(until: number): boolean {
    return [...this.timers.values()].some(({ rings }) => rings <= until);
  }

  /** @returns whether a timer had to be started; one for the same reason that would ring later is cancelled */
  set({ reason, until, summary }: WaitEnd): boolean {
    if (this.isSet(until)) return false;
    this.timers.get(reason)?.scope.cancel();
    const ms = Math.min(until - Date.now(), LONGEST_PAUSE_SECONDS * 1000);
    const scope = new CancellationScope();
    this.timers.set(reason, { rings: Date.now() + ms, scope });
    scope
      .run(async () => sleep(ms, { summary }))
      .then(
        () => {
          this.timers.delete(reason);
          this.rung();
        },
        // Cancelled: here, or with the export.
        () => undefined,
      );
    return true;
  }

  stop(): void {
    for (const { scope } of this.timers.values()) scope.cancel();
    this.timers.clear();
  }
}
