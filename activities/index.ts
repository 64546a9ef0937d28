import { log } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import type { Notice } from '../src/contract/notice';
import type { PageResult } from '../src/contract/page';
import type { Prepared, FieldsAnswer } from '../src/contract/request';
import { exportPage } from '../src/export/exportPage';
import { toWireResult, type WireRequest, type WireResult } from '../src/contract/wire';
import { readTypedInput } from '../src/contract/typedInput';
import { canShrink } from '../src/contract/request';
import { attemptTo } from './attempt';
import { describeFields } from './describeFields';
import { checked } from './checked';
import { logFailure } from './logFailure';
import { parsePageRequest } from './pageRequest';
import { postNotice } from './postNotice';
import { verificationActivities, type VerificationActivities } from './verification';
import { prepareExport } from './prepareExport';
import type { Resources } from './resources';

export interface ExportActivities extends VerificationActivities {
  /**
   * Checks the input, the credentials and the destination; hands back the export as it will run.
   * @param failedBefore attempts that earlier activities have handed over as failed
   */
  prepareExport(input: unknown, lastResult: unknown, failedBefore?: number): Promise<Prepared>;
  /** Reads the account's custom fields and hands them to the destination. */
  describeFields(subdomain: string): Promise<FieldsAnswer>;
  /** Fetches one page, writes it with its checkpoint, and sums it up. */
  exportPage(request: WireRequest): Promise<WireResult>;
  /** Delivers a notice, where somebody wants it. */
  postNotice(notice: Notice): Promise<void>;
}

export function createActivities(resources: Resources): ExportActivities {
  const { accounts, metrics } = resources;
  const failedFor = (subdomain: string) => (failure: ApplicationFailure, error: unknown) => {
    metrics.failed(subdomain, failure.type ?? failure.name);
    logFailure(subdomain, failure, error);
  };
  return {
    prepareExport: async (input, lastResult, failedBefore = 0) =>
      attemptTo(
        async (_attempt, signal) => prepareExport(resources, input, lastResult, signal),
        failedFor(readTypedInput(input).subdomain ?? 'unknown'),
        { failedBefore },
      ),

    describeFields: async (subdomain) =>
      attemptTo(
        async (_attempt, signal) => describeFields(accounts.of(subdomain), subdomain, signal),
        failedFor(subdomain),
      ),

    ...verificationActivities(resources, failedFor),

    postNotice: async (notice) => postNotice(resources, notice),

    exportPage: async (asked) => {
      const request = checked(parsePageRequest, asked);
      return attemptTo(
        async (attempt, signal) => {
          const { zendesk, destination } = accounts.of(request.subdomain);
          const summary = await destination.use(
            async (store) =>
              exportPage({ zendesk, destination: store, now: unixSeconds }, request, attempt, signal),
            (page) => signal.aborted || isFollowedByWait(page),
          );
          metrics.page(request, summary);
          metrics.credentials(request.subdomain, zendesk.credentialsExpireAt);
          const { subdomain, stream, key } = request;
          log.info('page exported', { subdomain, stream, page: key.page, ...summary });
          return toWireResult(summary);
        },
        failedFor(request.subdomain),
        {
          ...(request.failedBefore === undefined ? {} : { failedBefore: request.failedBefore }),
          canShrink: canShrink(request),
        },
      );
    },
  };
}

function unixSeconds(): number {
  return Date.now() / 1000;
}

/** Caught up, or out of quota: others can read the destination meanwhile. */
function isFollowedByWait({ endOfStream, quota }: PageResult): boolean {
  return endOfStream || (quota !== null && quota.remaining < 1);
}
