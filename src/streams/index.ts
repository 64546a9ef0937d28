import { tickets } from './tickets';

/** Every stream, by its name. */
export const STREAMS = { tickets } as const;

export type StreamName = keyof typeof STREAMS;

export const STREAM_NAMES = Object.keys(STREAMS) as readonly StreamName[];

/**
 * The name of a stream as it was stored.
 * @throws Error when this release has no such stream
 */
export function streamNamed(name: unknown): StreamName {
  const known = STREAM_NAMES.find((each) => each === name);
  if (known === undefined) throw new Error(`there is no stream ${JSON.stringify(name)}`);
  return known;
}
