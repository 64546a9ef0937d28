import { z } from 'zod';
import { isCursor } from '../contract/position';
import type { ListPaging } from '../streams/stream';
import { NotAPage } from './notAPage';

/** What is read of the keys beside the records of a list. */
export const listEnvelope = z.object({
  meta: z
    .object({
      has_more: z.boolean().nullish(),
      // An empty one leads nowhere.
      after_cursor: z
        .string()
        .refine((cursor) => cursor === '' || isCursor(cursor))
        .nullish(),
    })
    .nullish(),
  links: z.object({ next: z.string().nullish() }).nullish(),
  next_page: z.unknown().optional(),
});

/**
 * What the next page of a list comes after: the cursor of `page[after]`, or `page=2` from endpoints that do not know it yet. Of links
 * nothing else is used: they may name another host.
 * @returns null at the end of the list
 * @throws NotAPage when the answer does not say where the list continues, or whether it does
 */
export function nextOfList(
  { meta, links, next_page: nextPage }: z.output<typeof listEnvelope>,
  { perPage }: ListPaging,
): string | null {
  if (typeof meta?.has_more === 'boolean') {
    if (!meta.has_more) return null;
    const after = meta.after_cursor || parameterOf(links?.next, 'page[after]');
    if (after && isCursor(after)) return after;
    throw new NotAPage('the list continues (meta.has_more), but the answer has no cursor of its next page');
  }
  if (typeof nextPage === 'string') {
    const number = parameterOf(nextPage, 'page');
    if (number !== undefined && /^\d{1,6}$/.test(number)) return `page=${number}`;
    throw new NotAPage('the list continues (next_page), but the answer does not say with which page');
  }
  if (nextPage === null || perPage === null) return null;
  throw new NotAPage('the answer does not say whether the list continues: it has no meta.has_more');
}

/** The number in `page=2`; undefined for a cursor. */
export function pageNumberIn(after: string): string | undefined {
  return /^page=(\d+)$/.exec(after)?.[1];
}

function parameterOf(link: string | null | undefined, name: string): string | undefined {
  return link && URL.canParse(link) ? (new URL(link).searchParams.get(name) ?? undefined) : undefined;
}
