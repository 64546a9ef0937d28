import { condition } from '@temporalio/workflow';
import { Alarm } from './alarm';
import type { WaitEnd } from './host';

/**
 * How an export waits. By then, what has come back must have been followed by a command: a worker that takes the history over
 * joins workflow tasks without commands with the next one, where an update comes before what has come back, and so it would decide
 * in another order than a later replay (seen with SDK 1.24).
 */
export class Waits {
  private readonly alarm = new Alarm(() => {
    this.comeBack();
  });
  /** Whether something has come back that no command has followed yet. */
  private isOwing = false;

  /** @param leaveMark gives a command that changes nothing */
  constructor(private readonly leaveMark: () => void) {}

  /** An activity is over, or a timer has rung. */
  comeBack(): void {
    this.isOwing = true;
  }

  /** A command has been given. */
  follow(): void {
    this.isOwing = false;
  }

  async wait(isOver: () => boolean, end?: WaitEnd): Promise<void> {
    if (end !== undefined && this.alarm.set(end)) this.follow();
    if (this.isOwing) this.leaveMark();
    this.follow();
    await condition(() => isOver() || this.isOwing || (end !== undefined && !this.alarm.isSet(end.until)));
  }

  /** What is waited for may be another thing now. */
  stop(): void {
    this.alarm.stop();
  }
}
