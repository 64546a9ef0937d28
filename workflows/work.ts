import { failureOf, type Failure } from './failure';
import type { Host } from './host';

/** What a failed activity means for the export; may throw, which ends it. */
type OnFailure = (failure: Failure) => void;

/** The activities under way: a pause or a reset cancels them all at once, and the export goes on without their results. */
export class Work {
  private scope;
  private readonly started = new Set<Promise<void>>();
  private broken: { readonly error: unknown } | undefined;

  constructor(private readonly host: Host) {
    this.scope = host.newScope();
  }

  /** Runs an activity to its end. */
  async run(activity: () => Promise<void>, fail: OnFailure): Promise<void> {
    const { scope } = this;
    try {
      await scope.run(activity);
    } catch (error) {
      if (this.host.isCancelled()) throw error;
      // By a pause or a reset: how the activity ended does not matter, and the next step decides.
      if (!scope.consideredCancelled) fail(failureOf(error, this.host.now()));
    }
  }

  /** The same without waiting for it; what ends the export is thrown by {@link check}. */
  start(activity: () => Promise<void>, fail: OnFailure, over: () => void): void {
    const started = this.run(activity, fail)
      .catch((error: unknown) => {
        this.broken = { error };
      })
      .finally(() => {
        over();
        this.started.delete(started);
      });
    this.started.add(started);
  }

  interrupt(): void {
    this.scope.cancel();
    this.scope = this.host.newScope();
  }

  get isBroken(): boolean {
    return this.broken !== undefined;
  }

  check(): void {
    if (this.broken !== undefined) throw this.broken.error;
  }

  /** Until everything that was started has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.started);
  }
}
