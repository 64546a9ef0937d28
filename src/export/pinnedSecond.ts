import type { Position } from '../contract/page';
import type { ParsedPage } from '../zendesk/parsePage';

/**
 * True when time based paging is stuck: more records on one second than a page holds (bulk updates, deletion schedules),
 * so that the next page would be this one again. Adding a second would lose the rest of them.
 *
 * Nothing of such a page is written, and its result says `pinned`. Where the second is read instead, and how the export
 * gets back to time based paging, is decided by `nextPosition` in `workflows/position.ts`.
 */
export function isPinned(
  { endOfStream, endTime }: Pick<ParsedPage, 'endOfStream' | 'endTime'>,
  position: Position,
): boolean {
  return position.endpoint === 'time' && !endOfStream && endTime === position.startTime;
}
