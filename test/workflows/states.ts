import type { ExportState, Progress } from '../../workflows/state';
import type { StreamState } from '../../workflows/streamState';

export function progressOf({ progress }: ExportState): Progress {
  if (progress === null) throw new Error('not prepared');
  return progress;
}

export function ticketsOf(state: ExportState): StreamState {
  const { tickets } = progressOf(state).streams;
  if (tickets === undefined) throw new Error('tickets are not exported');
  return tickets;
}

/** The answer of a run of this release to what only older ones do otherwise: see the patch markers of `Host`. */
export const always = (): boolean => true;
