import type { Position } from '../contract/page';
import { placeOf } from '../../workflows/position';
import { iso } from '../../workflows/time';
import type { ExportPage } from '../zendesk/page';

type Answered = Pick<ExportPage, 'endOfStream' | 'endTime' | 'afterCursor'>;

/**
 * True when time based paging is stuck: more tickets on one second than a page holds (bulk updates, deletion
 * schedules), so that the next page would be this one again. Adding a second would lose the rest of them.
 */
export function isPinned({ endOfStream, endTime }: Answered, position: Position): boolean {
  return position.endpoint === 'time' && !endOfStream && endTime === position.startTime;
}

/** Why the answer cannot be followed, in a sentence; undefined when it can. Such a page is never taken for the end. */
export function contradictionOf(answer: Answered, position: Position): string | undefined {
  const problem =
    position.endpoint === 'time' ? timeProblem(answer, position.startTime) : cursorProblem(answer, position);
  return problem === undefined ? undefined : `${problem} Resume to ask again, or send resetCursor.`;
}

function timeProblem({ endOfStream, endTime }: Answered, startTime: number): string | undefined {
  if (endOfStream) return undefined;
  if (endTime === null) return 'Zendesk sent no end_time before the end of the stream.';
  return endTime < startTime
    ? `Zendesk's end_time ${iso(endTime)} lies before the start_time ${iso(startTime)} asked for.`
    : undefined;
}

function cursorProblem({ endOfStream, afterCursor }: Answered, position: Position): string | undefined {
  if (afterCursor === null)
    return endOfStream ? undefined : 'Zendesk sent no after_cursor before the end of the stream.';
  if (!('cursor' in position)) return undefined;
  const stands = !endOfStream && afterCursor === position.cursor;
  return stands || goesBack(position.cursor, afterCursor)
    ? `Zendesk's cursor does not advance: after ${shorten(position.cursor)} it sent ${shorten(afterCursor)}.`
    : undefined;
}

/** Of two cursors that can be read, which is all the recorded ones. It is what tells a loop over several cursors. */
function goesBack(cursor: string, afterCursor: string): boolean {
  const [from, to] = [placeOf(cursor), placeOf(afterCursor)];
  if (from === null || to === null) return false;
  return to.second < from.second || (to.second === from.second && to.id < from.id);
}

function shorten(cursor: string): string {
  return cursor.length > 60 ? `${cursor.slice(0, 60)}…` : cursor;
}
