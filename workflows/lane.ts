import type { Problem } from '../src/contract/status';
import type { StreamName } from '../src/streams';
import { withStream, type Progress } from './state';
import { withChangedRange } from './streamState';

/** One range of one stream: what is read page after page. */
export interface Lane {
  readonly stream: StreamName;
  readonly range: number;
}

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
