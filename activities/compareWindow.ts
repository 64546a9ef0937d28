import type { OpenAccount } from '../src/account/accounts';
import type { Compared, CompareRequest, Window } from '../src/contract/verification';
import type { StoredTickets } from '../src/destinations/storedTickets';
import { candidatesOf } from '../src/verify/differences';
import { afterCounts, isSplittable, isTooLarge, LISTED_AT_ONCE } from '../src/verify/windows';
import { ZendeskError } from '../src/zendesk/failure';
import { countTickets, searchTickets, type Asked, type FoundTicket } from '../src/zendesk/searchTickets';

/** A second cannot be split: where its tickets are too heavy for Zendesk, they come in smaller pages. */
const LISTED_OF_SECOND = 100;

/**
 * Compares the tickets that were created in a window: by their number, and where that differs, or with `deep`, one by one.
 * @throws ZendeskError, or what the destination throws
 */
export async function compareWindow(
  zendesk: OpenAccount['zendesk'],
  stored: StoredTickets,
  { subdomain, window, bound, deep }: Omit<CompareRequest, 'failedBefore'>,
  signal: AbortSignal,
): Promise<Compared> {
  const here = await stored.count(subdomain, window);
  if (isTooLarge(window, here, deep)) return { ...NOTHING, verdict: 'split' };
  let counted = 0;
  if (!deep) {
    const { value: there, requests, quota } = await countTickets(zendesk, window, signal);
    const next = afterCounts(window, here, there);
    if (next === 'same') return { verdict: 'same', compared: here, candidates: [], requests, quota };
    if (next === 'split') return { ...NOTHING, verdict: 'split', requests, quota };
    counted = requests;
  }
  const { value: there, requests, quota } = await listWindow(zendesk, window, signal);
  const cost = { requests: counted + requests, quota };
  if (there === undefined) return { ...NOTHING, verdict: 'split', ...cost };
  const rows = await stored.list(subdomain, window);
  const ids = new Set([...there, ...rows.filter(({ deleted }) => !deleted)].map(({ id }) => id));
  return { verdict: 'listed', compared: ids.size, candidates: candidatesOf(rows, there, bound), ...cost };
}

const NOTHING = { compared: 0, candidates: [], requests: 0, quota: null } as const;

/** The tickets of a window that Zendesk finds; undefined where they are more than a page, and the window can be split. */
async function listWindow(
  zendesk: OpenAccount['zendesk'],
  window: Window,
  signal: AbortSignal,
): Promise<Asked<readonly FoundTicket[] | undefined>> {
  const perPage = isSplittable(window) ? LISTED_AT_ONCE : LISTED_OF_SECOND;
  const tickets: FoundTicket[] = [];
  const passed = new Set<string>();
  let after: string | null = null;
  for (let requests = 0; ;) {
    const page: Awaited<ReturnType<typeof searchTickets>> = await searchTickets(
      zendesk,
      window,
      { after, perPage },
      signal,
    );
    requests += page.requests;
    tickets.push(...page.value.tickets);
    const { quota } = page;
    ({ after } = page.value);
    if (after === null) return { value: tickets, requests, quota };
    if (isSplittable(window)) return { value: undefined, requests, quota };
    if (passed.has(after))
      throw new ZendeskError({ kind: 'contradiction' }, 'Zendesk: the cursor of the search does not advance');
    passed.add(after);
  }
}
