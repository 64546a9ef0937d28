import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ResetAnswer, Status } from '../src/contract/status';
import { incrementalPaging, STREAM_NAMES, STREAMS, type StreamName } from '../src/streams';
import { isList } from '../src/streams/stream';
import { UnreadablePayload } from './payloadConverter';
import type { ResetTarget } from '../src/contract/position';
import { isCursor, LONGEST_CURSOR, placeOfCursor } from '../src/contract/position';
import {
  CLOCK_SKEW_SECONDS,
  HOLD_BACK_SECONDS,
  iso,
  describeBadTime,
  parseTime,
  echo,
} from '../src/contract/time';

export const pauseSignal = defineSignal<[unknown?]>('pause');
export const resumeSignal = defineSignal<[unknown?]>('resume');
export const resetCursorSignal = defineSignal<[unknown?]>('resetCursor');
export const addStreamSignal = defineSignal<[unknown?]>('addStream');
export const removeStreamSignal = defineSignal<[unknown?]>('removeStream');

/** The same, answered with the new status or with what is wrong; a reset also with what it means. */
export const pauseUpdate = defineUpdate<Status, [unknown?]>('pause');
export const resumeUpdate = defineUpdate<Status, [unknown?]>('resume');
export const resetCursorUpdate = defineUpdate<ResetAnswer, [unknown?]>('resetCursor');
export const addStreamUpdate = defineUpdate<Status, [unknown?]>('addStream');
export const removeStreamUpdate = defineUpdate<Status, [unknown?]>('removeStream');

export const statusQuery = defineQuery<Status>('status');

/** What people read of them in the Web UI and with `temporal workflow metadata`. */
export const DESCRIPTIONS = {
  pause:
    'Stop asking Zendesk for pages, or with {"stream": "users"} for those of one stream; takes effect at once, the place is kept',
  resume: 'Continue after a pause, or retry after a block; with {"stream": "users"} one stream',
  resetCursor:
    'Read again from {"startTime": "2024-06-01T00:00:00Z"} or {"cursor": "…"}, with "stream" where there are several; as an update with "dryRun": true only report what the reset would do',
  addStream: 'Also read {"stream": "users"}, from the start of the export',
  removeStream: 'Stop reading {"stream": "users"}; its table stays',
  status: 'How far, how fast, what it waits for',
} as const;

export interface Reset {
  readonly stream: StreamName;
  /** Null for a list, which is read again from its beginning. */
  readonly target: ResetTarget | null;
  /** Only answers what it would mean. */
  readonly dryRun: boolean;
}

interface Refused {
  readonly ok: false;
  /** Follows the name of the message. */
  readonly problem: string;
}

export type Checked<T> = { readonly ok: true; readonly value: T } | Refused;

const LONGEST_REASON = 200;

export const TOO_EARLY = 'comes too early: the export has not been prepared yet';

/**
 * Checks the payload of `resetCursor`. Serves the signal, which must never throw, and the update's validator.
 * @param streams what is read
 * @param now Unix seconds
 */
export function checkReset(payload: unknown, streams: readonly StreamName[], now: number): Checked<Reset> {
  const fields = fieldsOf(payload, 'takes {"startTime": …} or {"cursor": "…"}');
  if (!fields.ok) return fields;
  const { stream: named, startTime, cursor, dryRun = false, ...unknown } = fields.value;
  const surplus = unknownFields(unknown, 'startTime or cursor, stream, and dryRun');
  if (surplus !== undefined) return surplus;
  const stream = checkStream(named, streams);
  if (!stream.ok) return stream;
  if (typeof dryRun !== 'boolean') return refused(`dryRun must be true or false, not ${echo(dryRun)}`);
  if (isList(STREAMS[stream.value]))
    return startTime === undefined && cursor === undefined
      ? { ok: true, value: { stream: stream.value, target: null, dryRun } }
      : refused(`takes no startTime and no cursor for ${stream.value}: the list is read whole`);
  if ((startTime === undefined) === (cursor === undefined))
    return refused(`takes one of startTime and cursor, not ${cursor === undefined ? 'neither' : 'both'}`);
  const target =
    cursor === undefined ? checkStartTime(startTime, now) : checkCursor(cursor, stream.value, now);
  if (!target.ok) return target;
  return { ok: true, value: { stream: stream.value, target: target.value, dryRun } };
}

/**
 * Checks the payload of `pause` and `resume`: nothing, or a stream.
 * @param streams what is read; none before the export has been prepared
 * @returns the stream; null for all of them
 */
export function checkWhich(payload: unknown, streams: readonly StreamName[]): Checked<StreamName | null> {
  if (payload === undefined || payload === null) return { ok: true, value: null };
  const fields = fieldsOf(payload, 'takes nothing or {"stream": "users"}');
  if (!fields.ok) return fields;
  const { stream, ...unknown } = fields.value;
  const surplus = unknownFields(unknown, 'stream');
  if (surplus !== undefined) return surplus;
  if (stream === undefined) return { ok: true, value: null };
  return streams.length === 0 ? refused(TOO_EARLY) : checkStream(stream, streams);
}

/** Checks the payload of `addStream` and `removeStream`. */
export function checkChange(
  name: 'addStream' | 'removeStream',
  payload: unknown,
  streams: readonly StreamName[],
): Checked<StreamName> {
  const fields = fieldsOf(payload, 'takes {"stream": "users"}');
  if (!fields.ok) return fields;
  const { stream, ...unknown } = fields.value;
  const surplus = unknownFields(unknown, 'stream');
  if (surplus !== undefined) return surplus;
  if (name === 'addStream') {
    const known = checkStream(stream ?? null, STREAM_NAMES);
    return known.ok && streams.includes(known.value) ? refused(`${known.value} are exported already`) : known;
  }
  const known = checkStream(stream ?? null, streams);
  return known.ok && streams.length === 1
    ? refused(`${known.value} are all that is exported: cancel the export instead`)
    : known;
}

/** @param named undefined where the only stream is meant */
function checkStream(named: unknown, streams: readonly StreamName[]): Checked<StreamName> {
  const [only, ...more] = streams;
  if (named === undefined && only !== undefined && more.length === 0) return { ok: true, value: only };
  const known = streams.find((name) => name === named);
  if (known !== undefined) return { ok: true, value: known };
  const given = named === undefined ? 'none was given' : `not ${echo(named)}`;
  return refused(`takes one of the streams ${streams.join(', ')}; ${given}`);
}

function fieldsOf(payload: unknown, form: string): Checked<Record<string, unknown>> {
  if (payload instanceof UnreadablePayload) return unreadable(payload);
  return typeof payload === 'object' && payload !== null && !Array.isArray(payload)
    ? { ok: true, value: payload as Record<string, unknown> }
    : refused(`${form}, not ${echo(payload)}`);
}

function unknownFields(unknown: object, known: string): Refused | undefined {
  const keys = Object.keys(unknown);
  if (keys.length === 0) return undefined;
  return refused(`does not know ${keys.join(', ').slice(0, 100)}; it takes ${known}`);
}

function checkStartTime(startTime: unknown, now: number): Checked<ResetTarget> {
  const seconds = parseTime(startTime);
  if (seconds === undefined) return refused(`startTime ${describeBadTime(startTime)}`);
  if (seconds > now) return refused(`startTime ${iso(seconds)} is in the future (now ${iso(now)})`);
  return { ok: true, value: { startTime: Math.min(seconds, now - HOLD_BACK_SECONDS) } };
}

function checkCursor(cursor: unknown, stream: StreamName, now: number): Checked<ResetTarget> {
  if (incrementalPaging(stream)?.cursor?.style !== 'export')
    return refused(`${stream} have no cursor; send a startTime`);
  if (typeof cursor !== 'string' || !isCursor(cursor)) {
    const what = `cursor must be a Zendesk cursor: text without spaces, at most ${LONGEST_CURSOR} characters`;
    return refused(what);
  }
  const second = placeOfCursor(cursor)?.second ?? 0;
  return second > now + CLOCK_SKEW_SECONDS
    ? refused(`cursor stands for ${iso(second)}, which is in the future (now ${iso(now)})`)
    : { ok: true, value: { cursor } };
}

/** What is said of a payload that nobody can check. */
export function unreadable(payload: unknown): Refused {
  const reason =
    payload instanceof UnreadablePayload ? payload.unreadable : 'it could not be decrypted when it came';
  return refused(`payload cannot be read: ${reason.slice(0, LONGEST_REASON)}`);
}

function refused(problem: string): Refused {
  return { ok: false, problem };
}
