import type { Stream } from './stream';
import { tickets } from './tickets';

/** Every stream, by its name. */
export const STREAMS = { tickets } as const satisfies Readonly<Record<string, Stream>>;

export type StreamName = keyof typeof STREAMS;

export const STREAM_NAMES = Object.keys(STREAMS) as readonly StreamName[];

export function streamNamed(name: StreamName): Stream {
  return STREAMS[name];
}
