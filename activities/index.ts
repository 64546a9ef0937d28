import { log } from '@temporalio/activity';
import type { PageRequest, PageSummary } from '../src/contract/page';
import type { LeasedDestination } from '../src/destinations/lease';
import { exportPage } from '../src/export/exportPage';
import type { Prefetch } from '../src/export/prefetch';
import type { ZendeskClient } from '../src/zendesk/client';
import { ZendeskError } from '../src/zendesk/failure';
import { attemptTo, goesOn } from './attempt';
import { prepareExport, type Prepared } from './prepareExport';

/** What the activities work with; made once per worker. */
export interface Surroundings {
  /** A client per account, by subdomain. */
  readonly accounts: ReadonlyMap<string, ZendeskClient>;
  readonly destination: LeasedDestination;
  readonly prefetch: Prefetch;
  /** Whether the namespace has our search attributes. */
  readonly knowsSearchAttributes: () => Promise<boolean>;
}

export interface ExportActivities {
  /** Checks the input, the credentials and the destination; hands back the export as it will run. */
  prepareExport(input: unknown, lastResult: unknown): Promise<Prepared>;
  /** Fetches one page, writes it with its checkpoint, and sums it up. */
  exportPage(request: PageRequest): Promise<PageSummary>;
}

export function createActivities(surroundings: Surroundings): ExportActivities {
  return {
    prepareExport: async (input, lastResult) =>
      attemptTo(async (_attempt, signal) => prepareExport(surroundings, input, lastResult, signal)),

    exportPage: async (request) =>
      attemptTo(
        async (attempt, signal) => {
          const { accounts, destination, prefetch } = surroundings;
          const began = Date.now();
          const zendesk = accounts.get(request.subdomain);
          if (zendesk === undefined) throw withoutCredentials(request.subdomain);
          const summary = await destination.use(
            async (store) => {
              const tools = { zendesk, destination: store, prefetch, goesOn: async () => goesOn(began) };
              return exportPage(tools, request, attempt, signal);
            },
            (page) => signal.aborted || isFollowedByWait(page),
          );
          log.info('page exported', { subdomain: request.subdomain, page: request.key.page, ...summary });
          return summary;
        },
        // At size 1 the time endpoint may still send a whole second; the cursor endpoint never does.
        { canShrink: request.perPage > 1 || request.position.endpoint === 'time' },
      ),
  };
}

/** Caught up, or out of quota: others can read the destination meanwhile. */
function isFollowedByWait({ endOfStream, quota }: PageSummary): boolean {
  return endOfStream || (quota !== null && quota.remaining < 1);
}

/** The account was checked at the start; this worker has been started for another since. */
function withoutCredentials(subdomain: string): ZendeskError {
  const message = `This worker has no credentials for ${subdomain}. Start one that has, then resume.`;
  return new ZendeskError({ kind: 'unauthorized' }, message);
}
