import type { PageRequest } from '../src/contract/page';
import type { Problem } from '../src/contract/status';
import { sinceItBegan, withTrouble } from './lane';
import { streamsOf, withStream, type ExportState } from './state';
import { noteStops } from './stops';

const DAY_MS = 24 * 60 * 60_000;

/** What Zendesk answers where a plan or a role lacks a stream. */
const DENIALS: ReadonlySet<string> = new Set(['Forbidden', 'UnknownAccount']);

/**
 * Whether a refusal says that the account has no such stream. What has been read before was there, tickets always are, and where
 * nothing else is left, the whole export is refused.
 */
export function isUnavailable(
  { progress }: ExportState,
  { stream, previous }: PageRequest,
  { type }: Problem,
): boolean {
  if (progress === null || stream === 'tickets' || !DENIALS.has(type)) return false;
  const others = streamsOf(progress).filter(([name]) => name !== stream);
  return (
    previous === undefined &&
    progress.streams[stream]?.totals.pages === 0 &&
    others.some(([, { unavailable }]) => unavailable === null)
  );
}

/** The account does not have the stream, or hides it. The others go on, and it is tried again every day. */
export function missStream(
  state: ExportState,
  asked: PageRequest,
  problem: Problem,
  now: number,
): ExportState {
  const { progress } = state;
  if (progress === null) return state;
  const lastError = sinceItBegan(state, asked, problem, now);
  const missed = withStream(progress, asked.stream, (stream) => ({
    ...stream,
    blocked: null,
    unavailable: { since: stream.unavailable?.since ?? now, lookAt: now + DAY_MS },
    lastError,
  }));
  return noteStops({ ...state, progress: withTrouble(missed, asked, null) }, now);
}
