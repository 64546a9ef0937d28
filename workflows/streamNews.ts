import type { Status } from '../src/contract/status';
import type { StreamName } from '../src/streams';
import { streamsOf, type ExportState } from './state';
import type { StreamState } from './streamState';

/** What the log of this run has said: whether the export is blocked, and which streams are held up. */
export interface Logged {
  readonly isBlocked: boolean;
  readonly streams: Readonly<Partial<Record<StreamName, Held>>>;
}

interface Held {
  readonly as: 'blocked' | 'unavailable';
  readonly type: string;
  /** An operator has had it tried again, and nothing has come of that yet. */
  readonly isTried: boolean;
  /** Of the stream, when it was held up: one more shows that it continues. */
  readonly pages: number;
}

/** A line for the log. */
export interface StreamNews {
  readonly stream: StreamName;
  readonly event: Held['as'] | 'continues';
  /** What holds it up, or has. */
  readonly type: string;
  readonly problem?: string;
}

/** Messages are bounded where they are made, most of them far below. */
const LONGEST_PROBLEM = 1000;

/**
 * What is new of the streams, for the log: each is said once, however often it is looked whether it has passed.
 * @param logged what was said; undefined at the first look of a run: what it finds was said by the run before
 */
export function streamNews(
  state: ExportState,
  { state: label, lastError }: Status,
  logged: Logged | undefined,
): { readonly logged: Logged; readonly news: readonly StreamNews[] } {
  const { progress, ended } = state;
  if (ended !== null && logged !== undefined) return { logged, news: [] };
  const isBlocked = label === 'blocked';
  const looks = (progress === null ? [] : streamsOf(progress)).map(
    ([name, stream]) => [name, ...lookAt(name, stream, logged?.streams[name])] as const,
  );
  const streams = Object.fromEntries(looks.flatMap(([name, held]) => (held === null ? [] : [[name, held]])));
  const all = logged === undefined ? [] : looks.flatMap(([, , news]) => news ?? []);
  // The line about the export, which has just become blocked, says the same.
  const isSaid = ({ stream, event }: StreamNews): boolean =>
    event === 'blocked' &&
    isBlocked &&
    logged?.isBlocked === false &&
    (lastError?.stream ?? stream) === stream;
  return { logged: { isBlocked, streams }, news: all.filter((news) => !isSaid(news)) };
}

/** @param before what was said of it; undefined: that it continues, or nothing */
function lookAt(
  stream: StreamName,
  { blocked, unavailable, lastError, totals: { pages } }: StreamState,
  before: Held | undefined,
): readonly [Held | null, StreamNews | null] {
  const problem = blocked ?? (unavailable === null ? null : lastError);
  if (problem !== null) {
    const as = blocked === null ? 'unavailable' : 'blocked';
    const { type, message } = problem;
    const held = { as, type, isTried: false, pages } as const;
    const isSame = before?.as === as && before.type === type;
    // What an account lacks is tried with every resume: that it still lacks it is no news.
    if (isSame && !(before.isTried && as === 'blocked')) return [held, null];
    return [held, { stream, event: as, type, problem: message.slice(0, LONGEST_PROBLEM) }];
  }
  if (before === undefined) return [null, null];
  // Neither resume nor resetCursor alone shows that.
  if (lastError === null && pages > before.pages)
    return [null, { stream, event: 'continues', type: before.type }];
  return [{ ...before, isTried: true }, null];
}
