import type { PageRequest } from '../src/contract/page';
import type { Problem } from '../src/contract/status';
import { isoOf, withStream, type ExportState, type Lane, type Progress, type Underway } from './state';
import { withChangedRange } from './streamState';

export function isSameLane(one: Lane | null, other: Lane | null): boolean {
  return one?.stream === other?.stream && one?.range === other?.range;
}

/** A lane has one page under way at most. */
export function isPage(page: Underway, asked: PageRequest): boolean {
  return page.epoch === asked.key.epoch && isSameLane(page, asked);
}

export function askedAt({ underway }: ExportState, asked: PageRequest, now: number): number {
  return underway.find((page) => isPage(page, asked))?.askedAt ?? now;
}

/** @param trouble what keeps a lane from its next page; null: nothing, and it is asked for as if for the first time */
export function withTrouble(progress: Progress, { stream, range }: Lane, trouble: Problem | null): Progress {
  return withStream(progress, stream, (before) =>
    withChangedRange(before, range, (one) => ({ ...one, trouble })),
  );
}

/**
 * A problem, since its first attempt.
 * @param asked the page; null for the preparation
 */
export function sinceItBegan(
  state: ExportState,
  asked: PageRequest | null,
  problem: Problem,
  now: number,
): Problem {
  if (asked === null) {
    const before = state.lastError?.type === problem.type ? state.lastError : null;
    return { ...problem, since: before?.since ?? problem.at };
  }
  const ranges = state.progress?.streams[asked.stream]?.ranges ?? [];
  const trouble = ranges.find(({ id }) => id === asked.range)?.trouble;
  return { ...problem, since: trouble?.since ?? isoOf(askedAt(state, asked, now)) };
}
