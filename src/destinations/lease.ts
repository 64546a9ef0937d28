import type { Destination } from './destination';

/** Longer than the hop from one page to the next, short enough that a paused export's file can be read at once. */
const IDLE_MS = 750;

/**
 * A destination shared by all pages under way: kept open while any of them uses it, closed when none has for a moment.
 * So a file is free for other readers whenever the export waits, pauses or ends, whatever the reason. One that keeps nobody
 * out stays open.
 */
export class LeasedDestination {
  private users = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly destination: Destination) {}

  /**
   * @param wasLast of the result: nothing follows for now, so the file can be let go of at once
   */
  async use<T>(
    work: (destination: Destination) => Promise<T>,
    wasLast: (result: T) => boolean = () => false,
  ): Promise<T> {
    clearTimeout(this.timer);
    this.users += 1;
    let isLast = true; // So is a failure: its retry comes later.
    try {
      const result = await work(this.destination);
      isLast = wasLast(result);
      return result;
    } finally {
      this.users -= 1;
      if (this.users === 0 && this.destination.isShareable !== true) {
        if (isLast) await this.destination.close();
        else this.closeSoon();
      }
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.destination.close();
  }

  private closeSoon(): void {
    this.timer = setTimeout(() => {
      // The next use reports it when it is broken.
      this.destination.close().catch(() => undefined);
    }, IDLE_MS);
    this.timer.unref();
  }
}
