import { failureOf, type Failure } from './failure';
import type { Host, Scope } from './host';
import type { StreamName } from '../src/streams';

/** What a failed activity means for the export; may throw, which ends it. */
type OnFailure = (failure: Failure) => void;

/** Whose an activity is; null: the export's own. */
type Owner = StreamName | null;

/** The activities under way: a pause or a reset cancels those of a stream, or all, and the export continues without their results. */
export class Work {
  private readonly scopes = new Map<Owner, Scope>();
  private readonly started = new Set<Promise<void>>();
  private broken: { readonly error: unknown } | undefined;

  constructor(private readonly host: Host) {}

  /** Runs an activity to its end. */
  async run(owner: Owner, activity: () => Promise<void>, fail: OnFailure): Promise<void> {
    const scope = this.scopes.get(owner) ?? this.host.newScope();
    this.scopes.set(owner, scope);
    try {
      await scope.run(activity);
    } catch (error) {
      if (this.host.isCancelled()) throw error;
      // By a pause or a reset: how the activity ended does not matter, and the next step decides.
      if (!scope.consideredCancelled) fail(failureOf(error, this.host.now()));
    }
  }

  /** The same without waiting for it; what ends the export is thrown by {@link check}. */
  start(owner: Owner, activity: () => Promise<void>, fail: OnFailure, over: () => void): void {
    const started = this.run(owner, activity, fail)
      .catch((error: unknown) => {
        this.broken = { error };
      })
      .finally(() => {
        over();
        this.started.delete(started);
      });
    this.started.add(started);
  }

  /** All that is under way. */
  interrupt(): void {
    for (const owner of [...this.scopes.keys()]) this.interruptOwn(owner);
  }

  interruptOwn(owner: Owner): void {
    this.scopes.get(owner)?.cancel();
    this.scopes.delete(owner);
  }

  get isIdle(): boolean {
    return this.started.size === 0;
  }

  get isBroken(): boolean {
    return this.broken !== undefined;
  }

  check(): void {
    if (this.broken !== undefined) throw this.broken.error;
  }
}
