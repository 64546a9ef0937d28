import type { Position } from '../contract/page';
import type { ParsedPage } from '../zendesk/parsedPage';

/**
 * True when time based paging is stuck: more tickets on one second than a page holds (bulk updates, deletion
 * schedules), so that the next page would be this one again. Adding a second would lose the rest of them.
 */
export function isPinned(
  { endOfStream, endTime }: Pick<ParsedPage, 'endOfStream' | 'endTime'>,
  position: Position,
): boolean {
  return position.endpoint === 'time' && !endOfStream && endTime === position.startTime;
}
