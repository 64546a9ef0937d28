import { readCursor, targetOf } from '../src/contract/position';
import { streamRequest } from '../src/contract/request';
import type {
  Counts,
  Problem,
  RangeStatus,
  Reached,
  StreamLabel,
  StreamStatus,
} from '../src/contract/status';
import { iso } from '../src/contract/time';
import type { StreamName } from '../src/streams';
import { leftOut } from './coverage';
import { partRead, secondsLeftOf, speedOf } from './estimate';
import { nextBounds } from './poll';
import type { Range } from './ranges';
import { streamsOf, type ExportState, type Progress } from './state';
import { stepOf, type StreamStep } from './step';
import { earliest, isCaughtUp, watermarkOf, type StreamState, type SweepState } from './streamState';

/** What the status says of each stream, in their order. */
export function streamStatuses(
  state: ExportState,
  now: number,
): readonly (readonly [StreamName, StreamStatus])[] {
  const { progress } = state;
  if (progress === null) return [];
  return streamsOf(progress).map(
    ([name, stream]) => [name, streamStatus(state, progress, name, stream, now)] as const,
  );
}

function streamStatus(
  state: ExportState,
  progress: Progress,
  name: StreamName,
  stream: StreamState,
  now: number,
): StreamStatus {
  const step = stepOf(state, progress, name, stream, now);
  const label = labelOf(step, state, stream, name);
  const alike = {
    state: label,
    ...stream.totals,
    lastError: stream.blocked === null ? longestOf(stream) : pick(stream.blocked),
  };
  if (stream.sweep !== null) return { ...alike, ...listStatus(stream, stream.sweep) };
  const request = streamRequest(progress.request, name);
  const until = step.kind === 'wait' ? step.until : now;
  const fails = stream.ranges.some(({ trouble }) => trouble !== null);
  const reads = isReading(label, stream);
  const hasEta = reads && label !== 'completed' && !fails;
  return {
    ...alike,
    kind: 'incremental',
    percent: Math.round(partRead(stream, request, now) * 1000) / 10,
    recordsPerSecond: reads ? speedOf(stream, until) : null,
    etaSeconds: hasEta ? secondsLeftOf(stream, request, until, now) : null,
    ...reached(stream, now),
    sweptAt: null,
  };
}

type OfKind = Omit<StreamStatus, 'state' | 'lastError' | keyof Counts>;

/** Nobody knows how long a list is before it has been read. */
function listStatus(stream: StreamState, { sweptAt }: SweepState): OfKind {
  return {
    kind: 'list',
    percent: sweptAt === null ? null : 100,
    recordsPerSecond: null,
    etaSeconds: sweptAt === null ? null : 0,
    ...NOTHING_REACHED,
    perPage: earliest(stream).perPage,
    newFields: stream.newFields,
    sweptAt: sweptAt === null ? null : iso(sweptAt),
  };
}

/** Before the first page, and of lists. */
export const NOTHING_REACHED: Reached = {
  watermark: null,
  lagSeconds: null,
  leftOut: [],
  position: null,
  cursorReads: null,
  perPage: null,
  ranges: [],
  checkpoint: null,
  polledFrom: null,
  settling: null,
  newFields: [],
};

export function reached(stream: StreamState, now: number): Reached {
  const watermark = watermarkOf(stream);
  const { position, perPage, previous } = earliest(stream);
  const bounds = nextBounds(stream.poll, watermark);
  return {
    watermark: iso(watermark),
    // From the very beginning it would be the age of Unix time.
    lagSeconds: watermark === 0 ? null : Math.max(0, Math.floor(now / 1000) - watermark),
    leftOut: leftOut(stream.coverage, watermark).map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
    position: targetOf(position),
    cursorReads: 'cursor' in position ? readCursor(position.cursor) : null,
    perPage,
    ranges: stream.ranges.map(rangeStatus),
    checkpoint: previous,
    polledFrom: iso(bounds.before),
    settling: iso(bounds.from),
    newFields: stream.newFields,
  };
}

/** A stream that has stopped has no speed: one that included the time since would fall forever. */
function isReading(label: StreamLabel, stream: StreamState): boolean {
  if (label === 'completed') return true;
  return (label === 'running' || label === 'waiting') && !isCaughtUp(stream);
}

function labelOf(
  step: StreamStep,
  { ended, underway }: ExportState,
  { blocked, unavailable }: StreamState,
  name: StreamName,
): StreamLabel {
  if (ended !== null) return ended;
  if (step.kind === 'paused') return 'paused';
  if (unavailable !== null) return 'unavailable';
  if (blocked !== null) return 'blocked';
  if (step.kind === 'end') return 'completed';
  if (underway.some((page) => page.stream === name)) return 'running';
  // A page of another stream comes first: it is the turn of one at a time.
  return step.kind === 'wait' || step.kind === 'underway' ? 'waiting' : 'running';
}

function longestOf({ ranges, lastError }: StreamState): Problem | null {
  const troubles = ranges.flatMap(({ trouble }) => trouble ?? []);
  const [longest] = troubles.sort((one, other) => (one.since < other.since ? -1 : 1));
  return longest ?? lastError;
}

/** Without what a block adds. */
export function pick({ type, message, at, since, attempts }: Problem): Problem {
  return { type, message, at, since, attempts };
}

function rangeStatus({ watermark, until, records }: Range): RangeStatus {
  return { watermark: iso(watermark), until: until === null ? null : iso(until), records };
}
