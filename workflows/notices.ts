import type { Notice } from '../src/contract/notice';
import { withoutRequest } from '../src/contract/requestId';
import type { Problem } from '../src/contract/status';
import { streamsOf, type ExportState, type Subject, type Sent } from './state';

/** A stream that blocks again and again has a notice this often at most: of the block of that moment, if it lasts. */
const AGAIN_MS = 10 * 60_000;

/** A notice that is due, without what all notices of an export have in common. */
export type Due = Pick<Notice, 'event' | 'stream' | 'reason'>;

/** A notice that is due, and what is kept of it. */
interface Change {
  readonly name: Subject;
  readonly sent: Sent;
  readonly notice: Due;
}

/**
 * The notices that are due. Compares what is with what was sent last, so that it does not matter what has brought it about.
 * @param onceForAll whether one notice is sent of what keeps several streams from going on; asked if any notice is due
 */
export function dueNotices(
  state: ExportState,
  now: number,
  onceForAll: () => boolean,
): { readonly state: ExportState; readonly due: readonly Due[] } {
  if (state.ended !== null) return { state, due: [] };
  const subjects = subjectsOf(state);
  const changes = subjects.flatMap((subject) => changeOf(subject, state.sent?.[subject.name], now) ?? []);
  if (changes.length === 0) return { state, due: [] };
  const due = onceForAll() ? withoutRepeats(changes, subjects, state.sent) : changes;
  if (due.length === 0) return { state, due: [] };
  const sent = { ...state.sent, ...Object.fromEntries(due.map(({ name, sent: one }) => [name, one])) };
  return { state: { ...state, sent }, due: due.map(({ notice }) => notice) };
}

/**
 * Leaves out blocks of which another stream's notice has said the same, and still holds: what is wrong with the account or the
 * destination blocks all streams.
 */
function withoutRepeats(
  changes: readonly Change[],
  subjects: readonly Condition[],
  sent: ExportState['sent'],
): readonly Change[] {
  const said = new Set(
    subjects.flatMap(({ name, blocked, isPaused }) =>
      // One that is paused is not looked at again: what it says may be old.
      blocked !== null && !isPaused && sent?.[name]?.isBlocked === true
        ? withoutRequest(reasonOf(blocked))
        : [],
    ),
  );
  return changes.filter(({ notice: { event, reason } }) => {
    if (event !== 'blocked') return true;
    const words = withoutRequest(reason);
    const isRepeat = said.has(words);
    said.add(words);
    return !isRepeat;
  });
}

function reasonOf({ type, message }: Problem): string {
  return `${type}: ${message}`;
}

interface Condition {
  readonly name: Subject;
  readonly blocked: Problem | null;
  readonly isPaused: boolean;
  /** Whether it has gone on: an operator's `resume` alone does not show that. */
  readonly isWell: boolean;
}

function subjectsOf({ blocked, progress }: ExportState): readonly Condition[] {
  const preparation = {
    name: 'preparation',
    blocked,
    isPaused: false,
    isWell: progress !== null,
  } as const;
  if (progress === null) return [preparation];
  const streams = streamsOf(progress).map(([name, stream]) => {
    const { blocked, paused, unavailable, lastError } = stream;
    const isWell = blocked === null && unavailable === null && lastError === null;
    return { name, blocked, isPaused: paused, isWell };
  });
  return [preparation, ...streams];
}

function changeOf(
  { name, blocked, isWell }: Condition,
  sent: Sent | undefined,
  now: number,
): Change | undefined {
  const about = name === 'preparation' ? {} : { stream: name };
  if (blocked !== null) {
    if (sent !== undefined && (sent.isBlocked || now < sent.at + AGAIN_MS)) return undefined;
    return {
      name,
      sent: { isBlocked: true, type: blocked.type, at: now },
      notice: { event: 'blocked', ...about, reason: reasonOf(blocked) },
    };
  }
  if (!isWell || sent?.isBlocked !== true) return undefined;
  return {
    name,
    sent: { ...sent, isBlocked: false },
    notice: { event: 'unblocked', ...about, reason: `${sent.type} has passed.` },
  };
}
