import type { Destination } from './destination';

/** Longer than the hop from one page to the next, short enough that a paused export's file can be read at once. */
const IDLE_MS = 750;

/**
 * A destination shared by all pages under way: kept open while any of them uses it, closed when none has for a moment.
 * So a file is free for other readers whenever the export waits, pauses or ends, whatever the reason.
 */
export class LeasedDestination {
  private users = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly destination: Destination) {}

  async use<T>(work: (destination: Destination) => Promise<T>): Promise<T> {
    clearTimeout(this.timer);
    this.users += 1;
    try {
      return await work(this.destination);
    } finally {
      this.users -= 1;
      if (this.users === 0) this.closeSoon();
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.destination.close();
  }

  private closeSoon(): void {
    this.timer = setTimeout(() => void this.destination.close(), IDLE_MS);
    this.timer.unref();
  }
}
