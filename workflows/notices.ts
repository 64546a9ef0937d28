import type { Notice } from '../src/contract/notice';
import type { Problem } from '../src/contract/status';
import { streamsOf, type ExportState, type Subject, type Sent } from './state';

/** A stream that blocks again and again has a notice this often at most: of the block of that moment, if it lasts. */
const AGAIN_MS = 10 * 60_000;

/** What is wrong with the account or the destination, and so with every stream: the first one's notice is enough. */
const OF_ALL_STREAMS: ReadonlySet<string> = new Set([
  'Unauthorized',
  'Forbidden',
  'UnknownAccount',
  'DestinationRefused',
]);

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

/** Leaves out blocks whose cause another stream's notice has named, which still holds. */
function withoutRepeats(
  changes: readonly Change[],
  subjects: readonly Condition[],
  sent: ExportState['sent'],
): readonly Change[] {
  const named = new Set(
    subjects.flatMap(({ name }) => {
      const last = sent?.[name];
      return last?.isBlocked === true && changes.every((change) => change.name !== name) ? last.type : [];
    }),
  );
  return changes.filter(({ notice, sent: { type } }) => {
    if (notice.event !== 'blocked' || !OF_ALL_STREAMS.has(type)) return true;
    const isRepeat = named.has(type);
    named.add(type);
    return !isRepeat;
  });
}

interface Condition {
  readonly name: Subject;
  readonly blocked: Problem | null;
  /** Whether it has gone on: an operator's `resume` alone does not show that. */
  readonly isWell: boolean;
}

function subjectsOf({ blocked, progress }: ExportState): readonly Condition[] {
  const preparation = { name: 'preparation', blocked, isWell: progress !== null } as const;
  if (progress === null) return [preparation];
  const streams = streamsOf(progress).map(([name, stream]) => {
    const { blocked, unavailable, lastError } = stream;
    const isWell = blocked === null && unavailable === null && lastError === null;
    return { name, blocked, isWell };
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
    };
  }
  if (!isWell || sent?.isBlocked !== true) return undefined;
  return {
    name,
    sent: { ...sent, isBlocked: false },
    notice: { event: 'unblocked', ...about, reason: `${sent.type} has passed.` },
  };
}
