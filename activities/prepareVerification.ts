import { z } from 'zod';
import { InvalidInput } from '../src/contract/input';
import type { Rereading, VerificationRequest } from '../src/contract/verification';
import { parseVerificationInput } from '../src/contract/verificationSchema';
import { YEAR_9999 } from '../src/contract/time';
import { DestinationRefused } from '../src/destinations/destination';
import type { LoggedPage } from '../src/destinations/storedRecords';
import { jsonOrUndefined } from '../src/json';
import { endpointOf, watermarkOf, type ReadPage } from '../src/verify/watermark';
import { accessOf } from '../src/zendesk/access';
import type { Resources } from './resources';

/** What changed later is still on its way: into the search index, and into the destination. */
const YOUNGEST_SECONDS = 15 * 60;

/** @throws InvalidInput, ZendeskError, DestinationRefused */
export async function prepareVerification(
  { accounts }: Pick<Resources, 'accounts'>,
  input: unknown,
  signal: AbortSignal,
): Promise<VerificationRequest> {
  const { to = Infinity, method, ...request } = parseVerificationInput(input, accounts.subdomains());
  const { subdomain, stream = 'tickets', from } = request;
  const { zendesk, destination } = accounts.of(subdomain);
  // A user who is not an admin may not see all tickets: the others would seem to be gone.
  await accessOf(zendesk, subdomain, signal);
  return destination.use(
    async (store) => {
      const { stored } = store;
      if (stored === undefined) throw new InvalidInput(NEEDS_DATABASE);
      await store.prepare();
      await stored.prepare(stream);
      const pages = (await stored.newestPages(subdomain, stream)).flatMap(readPage);
      const watermark = watermarkOf(pages);
      if (watermark === null)
        throw new DestinationRefused(
          `The destination has no page of an export of the ${stream} of ${subdomain}: there is nothing to verify. ` +
            'Export them first, then resume.',
        );
      const bound = Math.max(0, Math.min(Math.floor(Date.now() / 1000) - YOUNGEST_SECONDS, watermark));
      const window = { from, to: Math.max(from, Math.min(to, bound)) };
      const oldest = (await stored.oldest(subdomain, stream)) ?? 0;
      if (method === 'reread') {
        const tickets = await stored.count(subdomain, stream, { from: 0, to: YEAR_9999 });
        return { ...request, ...window, bound, oldest: from, tickets, reread: rereadingOf(pages) };
      }
      return { ...request, ...window, bound, oldest, tickets: await stored.count(subdomain, stream, window) };
    },
    () => true,
  );
}

/** By the other endpoint than the export's: one may show what the other does not. */
function rereadingOf(pages: readonly ReadPage[]): Rereading {
  return {
    endpoint: endpointOf(pages) === 'time' ? 'cursor' : 'time',
    byUpdate: pages.some(({ byUpdate }) => byUpdate),
  };
}

const NEEDS_DATABASE =
  'verifyTickets reads rows again, and repairs them: it needs DuckDB or PostgreSQL. docs/verify.md has a query for files.';

const second = z.int().nonnegative();
const checkpoint = z.object({
  request: z.object({
    range: second,
    until: second.optional(),
    position: z.object({ endpoint: z.enum(['time', 'cursor']) }),
    excludeUpdatedBefore: z.number().optional(),
  }),
  result: z.object({
    endOfStream: z.boolean(),
    endTime: second.nullable(),
    afterCursor: z.string().nullable(),
    last: second.nullable(),
  }),
});

/** None where the checkpoint is of another release. */
function readPage({ checkpoint: text, ...page }: LoggedPage): ReadPage[] {
  const { data } = checkpoint.safeParse(jsonOrUndefined(text));
  if (data === undefined) return [];
  const { range, until = null, position, excludeUpdatedBefore } = data.request;
  const { endpoint } = position;
  return [{ ...page, range, until, endpoint, byUpdate: excludeUpdatedBefore !== undefined, ...data.result }];
}
