import { placeOfCursor, secondOf } from '../contract/position';
import { CLOCK_SKEW_SECONDS, iso } from '../contract/time';
import type { ListPosition, PageRequest, Position } from '../contract/page';
import { isOrdered, STREAMS } from '../streams';
import type { RecordVersion } from '../streams/record';
import type { ParsedPage } from '../zendesk/parsePage';

type Answer = Pick<ParsedPage, 'records' | 'endTime' | 'afterCursor' | 'endOfStream'>;
type Asked = Pick<PageRequest, 'stream' | 'position'>;

/**
 * Why an answer cannot be followed, in a sentence; undefined when it can. Following it would lose records or loop, so it is
 * asked for again, and never taken for the end of the stream.
 *
 * A contradiction that stays blocks the export, so only what no page of Zendesk can be is one: a page runs from the second
 * asked for to the one that the answer names, ascending by version, and nothing on it is later than now. What is odd but
 * recorded passes: a page of any size, an `end_time` after the last record (a page inside one second, records left out by
 * Zendesk), any order within a second.
 * @param now Unix seconds, by this worker's clock
 */
export function contradictionOf(
  answer: Answer,
  { stream, position }: Asked,
  now: number,
): string | undefined {
  const problem =
    futureProblem(answer, now) ??
    progressProblem(answer, position) ??
    (isOrdered(stream) ? recordProblem(answer, position, STREAMS[stream].noun) : undefined);
  return problem === undefined ? undefined : `${problem} ${REMEDY}`;
}

const REMEDY = 'Resume to ask again, or send resetCursor.';

/** Why nothing can be asked from a position: nothing would ever be found there. Earlier releases could get there. */
export function positionProblem(position: Position, now: number): string | undefined {
  const second = secondOf(position) ?? 0;
  if (second <= now + CLOCK_SKEW_SECONDS) return undefined;
  return (
    `The place to read from, ${iso(second)}, lies in the future (this worker's clock says ${iso(Math.floor(now))}). ` +
    'Send resetCursor to a time before which nothing is missing.'
  );
}

/** Zendesk held a start_time younger than this for too recent, years ago; now it is a minute. */
const LONGEST_HOLD_BACK_SECONDS = 5 * 60;

/** Why "too recent" cannot be the answer: it is taken for having caught up, and would skip everything later. */
export function tooRecentContradiction(position: Position, now: number): string | undefined {
  const second = secondOf(position);
  if (second !== null && second > now - LONGEST_HOLD_BACK_SECONDS - CLOCK_SKEW_SECONDS) return undefined;
  const asked = second === null ? 'A cursor' : iso(second);
  return `${asked} cannot be too recent (this worker's clock says ${iso(Math.floor(now))}). ${REMEDY}`;
}

/** Only a clock can be that wrong, or a number of another unit: everything up to that time would be skipped. */
function futureProblem(answer: Answer, now: number): string | undefined {
  const { name, second } = endOf(answer);
  if (second === null || second <= now + CLOCK_SKEW_SECONDS) return undefined;
  return `Zendesk's ${name} ${iso(second)} lies in the future (this worker's clock says ${iso(Math.floor(now))}).`;
}

function progressProblem(answer: Answer, position: Position): string | undefined {
  switch (position.endpoint) {
    case 'time':
      return timeProblem(answer, position.startTime);
    case 'cursor':
      return cursorProblem(answer, position);
    case 'list':
      return listProblem(answer, position);
  }
}

function timeProblem({ endOfStream, endTime }: Answer, startTime: number): string | undefined {
  if (endOfStream) return undefined;
  if (endTime === null) return 'Zendesk sent no end_time before the end of the stream.';
  return endTime < startTime
    ? `Zendesk's end_time ${iso(endTime)} lies before the start_time ${iso(startTime)} asked for.`
    : undefined;
}

function cursorProblem({ endOfStream, afterCursor }: Answer, position: Position): string | undefined {
  if (afterCursor === null)
    return endOfStream ? undefined : 'Zendesk sent no after_cursor before the end of the stream.';
  if (!('cursor' in position)) return undefined;
  const stands = !endOfStream && afterCursor === position.cursor;
  return stands || goesBack(position.cursor, afterCursor)
    ? `Zendesk's cursor does not advance: after ${shorten(position.cursor)} it sent ${shorten(afterCursor)}.`
    : undefined;
}

function listProblem({ afterCursor }: Answer, { after, passed }: ListPosition): string | undefined {
  if (afterCursor === null || (afterCursor !== after && afterCursor !== passed)) return undefined;
  return `Zendesk's list does not advance: after ${shorten(after ?? 'its beginning')} comes ${shorten(afterCursor)} again.`;
}

/** Only for cursors that can be read, as all the recorded ones can. This is how a loop over several cursors is noticed. */
function goesBack(cursor: string, afterCursor: string): boolean {
  const [from, to] = [placeOfCursor(cursor), placeOfCursor(afterCursor)];
  if (from === null || to === null) return false;
  return to.second < from.second || (to.second === from.second && to.id < from.id);
}

function recordProblem(answer: Answer, position: Position, noun: string): string | undefined {
  const { records } = answer;
  const named = ({ id, version }: RecordVersion): string => `${noun} ${id} of ${iso(version)}`;
  const from = secondOf(position) ?? 0;
  const end = endOf(answer);
  const early = records.find(({ version }) => version < from);
  if (early !== undefined) return `Zendesk sent ${named(early)}, before ${iso(from)}, where the page starts.`;
  const late = records.find(({ version }) => version > (end.second ?? Infinity));
  if (late !== undefined)
    return `Zendesk sent ${named(late)}, after its own ${end.name} ${iso(end.second ?? 0)}.`;
  const older = records.findIndex(({ version }, index) => version < (records[index - 1]?.version ?? 0));
  const [newer, unordered] = [records[older - 1], records[older]];
  return newer === undefined || unordered === undefined
    ? undefined
    : `Zendesk sent ${named(unordered)} after ${named(newer)}: not in the order of the export.`;
}

/** Where an answer says that the next page starts; of a cursor that cannot be read, nothing is known. */
function endOf({ endTime, afterCursor }: Answer): { readonly name: string; readonly second: number | null } {
  if (afterCursor === null) return { name: 'end_time', second: endTime };
  return { name: 'after_cursor', second: placeOfCursor(afterCursor)?.second ?? null };
}

function shorten(cursor: string): string {
  return cursor.length > 60 ? `${cursor.slice(0, 60)}…` : cursor;
}
