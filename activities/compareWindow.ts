import type { OpenAccount } from '../src/account/accounts';
import type { Compared, CompareRequest, VerifiedStream, Window } from '../src/contract/verification';
import type { StoredRecords } from '../src/destinations/storedRecords';
import { candidatesOf } from '../src/verify/differences';
import { afterCounts, isSplittable, isTooLarge, LISTED_AT_ONCE } from '../src/verify/windows';
import { ZendeskError } from '../src/zendesk/failure';
import { countRecords, searchRecords, type Asked, type FoundRecord } from '../src/zendesk/search';

/** A second cannot be split: where its tickets are too heavy for Zendesk, they come in smaller pages. */
const LISTED_OF_SECOND = 100;

/**
 * Compares the tickets that were created in a window: by their number, and where that differs, or with `deep`, one by one.
 * @throws ZendeskError, or what the destination throws
 */
export async function compareWindow(
  zendesk: OpenAccount['zendesk'],
  stored: StoredRecords,
  { subdomain, stream = 'tickets', window, bound, deep }: Omit<CompareRequest, 'failedBefore'>,
  signal: AbortSignal,
): Promise<Compared> {
  const here = await stored.count(subdomain, stream, window);
  if (isTooLarge(window, here, deep)) return { ...NOTHING, verdict: 'split' };
  let counted = 0;
  if (!deep) {
    const { value: there, requests, quota } = await countRecords(zendesk, stream, window, signal);
    const next = afterCounts(window, here, there);
    if (next === 'same') return { verdict: 'same', compared: here, candidates: [], requests, quota };
    if (next === 'split') return { ...NOTHING, verdict: 'split', requests, quota };
    counted = requests;
  }
  const { value: there, requests, quota } = await listWindow(zendesk, stream, window, signal);
  const cost = { requests: counted + requests, quota };
  if (there === undefined) return { ...NOTHING, verdict: 'split', ...cost };
  const rows = await stored.list(subdomain, stream, window);
  const ids = new Set([...there, ...rows.filter(({ deleted }) => !deleted)].map(({ id }) => id));
  return { verdict: 'listed', compared: ids.size, candidates: candidatesOf(rows, there, bound), ...cost };
}

const NOTHING = { compared: 0, candidates: [], requests: 0, quota: null } as const;

/** The tickets of a window that Zendesk finds; undefined where they are more than a page, and the window can be split. */
async function listWindow(
  zendesk: OpenAccount['zendesk'],
  stream: VerifiedStream,
  window: Window,
  signal: AbortSignal,
): Promise<Asked<readonly FoundRecord[] | undefined>> {
  const perPage = isSplittable(window) ? LISTED_AT_ONCE : LISTED_OF_SECOND;
  const records: FoundRecord[] = [];
  const passed = new Set<string>();
  let after: string | null = null;
  for (let requests = 0; ;) {
    const page: Awaited<ReturnType<typeof searchRecords>> = await searchRecords(
      zendesk,
      stream,
      window,
      { after, perPage },
      signal,
    );
    requests += page.requests;
    records.push(...page.value.records);
    const { quota } = page;
    ({ after } = page.value);
    if (after === null) return { value: records, requests, quota };
    if (isSplittable(window)) return { value: undefined, requests, quota };
    if (passed.has(after))
      throw new ZendeskError({ kind: 'contradiction' }, 'Zendesk: the cursor of the search does not advance');
    passed.add(after);
  }
}
