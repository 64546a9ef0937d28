import type { Notice } from '../src/contract/notice';
import type { Problem } from '../src/contract/status';
import { streamsOf, type ExportState, type Subject, type Sent } from './state';

/** A stream that blocks again and again has a notice this often at most: of the block of that moment, if it lasts. */
const AGAIN_MS = 10 * 60_000;

/** In a message about an answer of Zendesk's: it differs where nothing else does. */
const REQUEST_ID = /, request [\w.:-]+/;

/** A notice that is due, without what all notices of an export have in common. */
export type Due = Pick<Notice, 'event' | 'stream' | 'reason'>;

/** A notice that is due, and what is kept of it. */
interface Change {
  readonly name: Subject;
  readonly sent: Sent;
  readonly notice: Due;
  /** What blocks, in words that are the same for all that it blocks. */
  readonly cause: string;
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
      blocked !== null && !isPaused && sent?.[name]?.isBlocked === true ? causeOf(blocked) : [],
    ),
  );
  return changes.filter(({ notice, cause }) => {
    if (notice.event !== 'blocked') return true;
    const isRepeat = said.has(cause);
    said.add(cause);
    return !isRepeat;
  });
}

function causeOf({ type, message }: Pick<Problem, 'type' | 'message'>): string {
  return `${type}: ${message.replace(REQUEST_ID, '')}`;
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
    const { type, message } = blocked;
    return {
      name,
      sent: { isBlocked: true, type, at: now },
      notice: { event: 'blocked', ...about, reason: `${type}: ${message}` },
      cause: causeOf(blocked),
    };
  }
  if (!isWell || sent?.isBlocked !== true) return undefined;
  return {
    name,
    sent: { ...sent, isBlocked: false },
    notice: { event: 'unblocked', ...about, reason: `${sent.type} has passed.` },
    cause: sent.type,
  };
}
