import { DEFAULT_SWEEP_SECONDS } from '../src/contract/request';
import { isRecord } from './checks';

// Exports from before there were lists carry a state of version 2.

/** Makes the state that they carried into one with lists. What it makes is checked afterwards like any other. */
export function fromVersion2(state: Readonly<Record<string, unknown>>): unknown {
  const { progress } = state;
  if (!isRecord(progress)) return { ...state, version: 3 };
  const { request, streams } = progress;
  const kept: (readonly [string, unknown])[] = isRecord(streams) ? Object.entries(streams) : [];
  const withoutSweeps = kept.map(
    ([name, stream]) => [name, isRecord(stream) ? { ...stream, sweep: null } : stream] as const,
  );
  return {
    ...state,
    version: 3,
    progress: { ...progress, request: withLists(request), streams: Object.fromEntries(withoutSweeps) },
  };
}

/** A request as it was made then. */
export function withLists(request: unknown): unknown {
  return isRecord(request) ? { lists: { everySeconds: DEFAULT_SWEEP_SECONDS }, ...request } : request;
}
