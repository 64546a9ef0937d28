import type { Notice } from '../src/contract/notice';
import type { Problem } from '../src/contract/status';
import { streamsOf, type ExportState, type Subject, type Sent } from './state';

/** A stream that blocks again and again has a notice this often at most: of the block of that moment, if it lasts. */
const AGAIN_MS = 10 * 60_000;

/** A notice that is due, without what all notices of an export have in common. */
export type Due = Pick<Notice, 'event' | 'stream' | 'reason'>;

/**
 * The notices that are due. Compares what is with what was sent last, so that it does not matter what has brought it about.
 */
export function dueNotices(
  state: ExportState,
  now: number,
): { readonly state: ExportState; readonly due: readonly Due[] } {
  if (state.ended !== null) return { state, due: [] };
  const due = subjectsOf(state).flatMap((subject) => {
    const change = changeOf(subject, state.sent?.[subject.name], now);
    return change === undefined ? [] : [{ name: subject.name, ...change }];
  });
  if (due.length === 0) return { state, due: [] };
  const sent = { ...state.sent, ...Object.fromEntries(due.map(({ name, sent: one }) => [name, one])) };
  return { state: { ...state, sent }, due: due.map(({ notice }) => notice) };
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
): { readonly sent: Sent; readonly notice: Due } | undefined {
  const about = name === 'preparation' ? {} : { stream: name };
  if (blocked !== null) {
    if (sent !== undefined && (sent.isBlocked || now < sent.at + AGAIN_MS)) return undefined;
    const { type, message } = blocked;
    return {
      sent: { isBlocked: true, type, at: now },
      notice: { event: 'blocked', ...about, reason: `${type}: ${message}` },
    };
  }
  if (!isWell || sent?.isBlocked !== true) return undefined;
  return {
    sent: { ...sent, isBlocked: false },
    notice: { event: 'unblocked', ...about, reason: `${sent.type} has passed.` },
  };
}
