import { SETTLED_SECONDS } from '../src/contract/time';

/** From one catching up to the next. */
export interface Poll {
  readonly startedAt: number;
  /** The watermark when it or an earlier poll began, or where reading began: see {@link nextBounds}. */
  readonly from: number;
  /** What people updated before has been exported, whatever the system touched later. */
  readonly before: number;
  /** Records read, and how long it was held up by a pause or a block, for speed and ETA. */
  readonly records: number;
  readonly idleMs: number;
  /** True once the open range has reached what was the end of the stream, or `endTime`. */
  readonly reachedEnd: boolean;
  /** Whether there was one range only when the last page was asked for. */
  readonly askedAlone: boolean;
}

/** What `excludeSystemUpdates` goes by; Unix seconds. */
export type UpdateBounds = Pick<Poll, 'from' | 'before'>;

export function pollFrom(bounds: UpdateBounds, now: number): Poll {
  return { ...bounds, startedAt: now, records: 0, idleMs: 0, reachedEnd: false, askedAlone: true };
}

/**
 * The bounds of the next poll. What has been read up to `from` was read at most {@link SETTLED_SECONDS} after it. So once the
 * watermark is that far beyond `from`, every person's update from before `from` has been read, and the bounds move; until then
 * they stay.
 */
export function nextBounds({ from, before }: UpdateBounds, watermark: number): UpdateBounds {
  return watermark >= from + SETTLED_SECONDS ? { from: watermark, before: from } : { from, before };
}
