import { condition } from '@temporalio/workflow';
import { LONGEST_PAUSE_SECONDS } from '../src/contract/time';
import type { WaitEnd } from './host';

/** What runs from before `one-alarm` have in their history: a timer for each wait, and a mark where only waits seem to follow. */
export class TimerEachWait {
  constructor(private readonly leaveMark: () => void) {}

  comeBack(seemsIdle: boolean): void {
    if (seemsIdle) this.leaveMark();
  }

  follow(): void {}

  async wait(isOver: () => boolean, end?: WaitEnd): Promise<void> {
    if (end === undefined) return condition(isOver);
    const ms = Math.min(end.until - Date.now(), LONGEST_PAUSE_SECONDS * 1000);
    await condition(isOver, ms, { summary: end.summary });
  }

  stop(): void {}
}
