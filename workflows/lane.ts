import type { Problem } from '../src/contract/status';
import { withStream, type Lane, type Progress } from './state';
import { withChangedRange } from './streamState';

export function isSameLane(one: Lane | null, other: Lane | null): boolean {
  return one?.stream === other?.stream && one?.range === other?.range;
}

/** What keeps a lane from its next page; null: nothing, and it is asked for as if for the first time. */
export function withTrouble(
  progress: Progress,
  { stream, range }: Lane,
  troubleAfter: (before: Problem | null) => Problem | null,
): Progress {
  return withStream(progress, stream, (before) =>
    withChangedRange(before, range, (one) => ({ ...one, trouble: troubleAfter(one.trouble) })),
  );
}
