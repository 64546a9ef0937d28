import { withStreams, type ExportState } from './state';
import type { StreamState } from './streamState';

/** Notes since when a stream is not read: the time of a pause or a block does not count as reading. */
export function noteStops(state: ExportState, now: number): ExportState {
  const { progress, paused } = state;
  if (progress === null) return state;
  return { ...state, progress: withStreams(progress, (stream) => noteStop(stream, paused, now)) };
}

function noteStop(stream: StreamState, isExportPaused: boolean, now: number): StreamState {
  const { paused, blocked, unavailable, stoppedAt, poll } = stream;
  const isStopped = isExportPaused || paused || blocked !== null || unavailable !== null;
  if (isStopped) return stoppedAt === null ? { ...stream, stoppedAt: now } : stream;
  if (stoppedAt === null) return stream;
  return { ...stream, stoppedAt: null, poll: { ...poll, idleMs: poll.idleMs + now - stoppedAt } };
}
