import type { Window } from '../contract/verification';

/** Whether it is longer than a second. */
export function isSplittable({ from, to }: Window): boolean {
  return to - from > 1;
}

/** All that is to be compared, the first one last: before the oldest ticket here there may be some in Zendesk, but hardly any. */
export function firstWindows({ from, to, oldest }: Window & { readonly oldest: number }): readonly Window[] {
  const middle = Math.min(Math.max(from, oldest), to);
  return [
    { from: middle, to },
    { from, to: middle },
  ].filter((window) => window.from < window.to);
}

/** The halves of a window, the earlier one first. */
export function halvesOf({ from, to }: Window): readonly [Window, Window] {
  const middle = Math.floor((from + to) / 2);
  return [
    { from, to: middle },
    { from: middle, to },
  ];
}

/** Tickets of one page of search results. */
export const LISTED_AT_ONCE = 1000;
/** A window that is to be listed should fit on one page, even where a few tickets are missing here. */
const LISTED_HERE = 900;
/** Of more tickets, one count would hide a missing and an extra one too easily, and bisecting would begin too far above. */
const COUNTED_HERE = 20_000;

/** Whether a window has too many tickets here, so that asking Zendesk would be a waste. */
export function isTooLarge(window: Window, here: number, deep: boolean): boolean {
  return isSplittable(window) && here > (deep ? LISTED_HERE : COUNTED_HERE);
}

/** What follows from counts that differ. */
export function afterCounts(window: Window, here: number, there: number): 'same' | 'split' | 'list' {
  if (here === there) return 'same';
  return isSplittable(window) && Math.max(here, there) > LISTED_AT_ONCE ? 'split' : 'list';
}
