import type { Position } from '../contract/page';

/**
 * A list's cursor does not carry its query along, and the incremental export demands `start_time` on every page: so it is kept
 * in front of the cursor.
 */
export function listCursor(after: string, position: Position): string {
  if ('cursor' in position) return `${readListCursor(position.cursor).startTime}.${after}`;
  return `${'startTime' in position ? position.startTime : 0}.${after}`;
}

export function readListCursor(cursor: string): { readonly startTime: string; readonly after: string } {
  const [, startTime = '0', after = cursor] = /^(\d+)\.(.+)$/.exec(cursor) ?? [];
  return { startTime, after };
}
