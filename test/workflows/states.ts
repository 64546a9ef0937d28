import type { ExportState, Progress } from '../../workflows/state';
import type { StreamState } from '../../workflows/streamState';

export function progressOf({ progress }: ExportState): Progress {
  if (progress === null) throw new Error('not prepared');
  return progress;
}

export function ticketsOf(state: ExportState): StreamState {
  return progressOf(state).streams.tickets;
}
