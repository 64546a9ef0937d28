import type { ApplicationFailure } from '@temporalio/common';
import { readTypedInput } from '../src/contract/typedInput';
import type {
  Compared,
  CompareRequest,
  Confirmed,
  ConfirmRequest,
  Cost,
  Reread,
  RereadRequest,
  VerificationRequest,
  VerificationStatus,
} from '../src/contract/verification';
import { DestinationRefused, type Destination } from '../src/destinations/destination';
import type { StoredRecords } from '../src/destinations/storedRecords';
import { isSplittable } from '../src/verify/windows';
import { attemptTo } from './attempt';
import { checked } from './checked';
import { compareWindow } from './compareWindow';
import { confirmDifferences } from './confirmDifferences';
import { prepareVerification } from './prepareVerification';
import { recordVerification } from './recordVerification';
import { rereadPage } from './rereadPage';
import type { Resources } from './resources';
import {
  parseCompareRequest,
  parseConfirmRequest,
  parseEndedVerification,
  parseRereadRequest,
} from './verificationRequest';

export interface VerificationActivities {
  /** Checks the input of a verification, the credentials and the destination, and says what can be compared. */
  prepareVerification(input: unknown, failedBefore: number): Promise<VerificationRequest>;
  /** Compares the tickets that were created in a window. */
  compareWindow(request: CompareRequest): Promise<Compared>;
  /** Reads a page of the export again, compares it with the rows, and repairs those that differ, if asked to. */
  rereadPage(request: RereadRequest): Promise<Reread>;
  /** Looks again at tickets that seem to differ, and repairs those that do, if asked to. */
  confirmDifferences(request: ConfirmRequest): Promise<Confirmed>;
  /** Writes the row of a verification that has ended. */
  recordVerification(ended: Ended): Promise<void>;
}

/** Its end, as the workflow knows it. */
export interface Ended {
  readonly verificationId: string;
  readonly status: VerificationStatus;
  readonly failedBefore: number;
}

/** @param failedFor reports an attempt that failed, of an account */
export function verificationActivities(
  resources: Resources,
  failedFor: (subdomain: string) => (failure: ApplicationFailure, error: unknown) => void,
): VerificationActivities {
  const { accounts, metrics } = resources;
  return {
    prepareVerification: async (input, failedBefore) =>
      attemptTo(
        async (_attempt, signal) => prepareVerification(resources, input, signal),
        failedFor(readTypedInput(input).subdomain ?? 'unknown'),
        { failedBefore },
      ),

    compareWindow: async (asked) => {
      const { failedBefore, ...request } = checked(parseCompareRequest, asked);
      return attemptTo(
        async ({ number }, signal) => {
          const { zendesk, destination } = accounts.of(request.subdomain);
          return destination.use(async (store) =>
            withFailed(await compareWindow(zendesk, storedIn(store), request, signal), number),
          );
        },
        failedFor(request.subdomain),
        // Halves of the window.
        { failedBefore, canShrink: isSplittable(request.window) },
      );
    },

    rereadPage: async (asked) => {
      const request = checked(parseRereadRequest, asked);
      return attemptTo(
        async (attempt, signal) => {
          const { zendesk, destination } = accounts.of(request.subdomain);
          return destination.use(
            async (store) =>
              rereadPage(
                { zendesk, destination: store, stored: storedIn(store), now: () => Date.now() / 1000 },
                request,
                attempt,
                signal,
              ),
            // The next one may be asked for in some seconds: meanwhile, exports can write.
            () => true,
          );
        },
        failedFor(request.subdomain),
        { failedBefore: request.failedBefore, canShrink: request.perPage > 1 },
      );
    },

    confirmDifferences: async (asked) => {
      const request = checked(parseConfirmRequest, asked);
      return attemptTo(
        async (attempt, signal) => {
          const { zendesk, destination } = accounts.of(request.subdomain);
          return destination.use(async (store) =>
            withFailed(
              await confirmDifferences(zendesk, store, storedIn(store), request, attempt, signal),
              attempt.number,
            ),
          );
        },
        failedFor(request.subdomain),
        { failedBefore: request.failedBefore },
      );
    },

    recordVerification: async (asked) => {
      const { failedBefore, ...ended } = checked(parseEndedVerification, asked);
      const { subdomain } = ended.status;
      return attemptTo(
        async () => {
          await accounts.of(subdomain).destination.use(
            async (store) => recordVerification(storedIn(store), ended),
            () => true,
          );
          metrics.verification(subdomain, ended.status.stream, ended.status);
        },
        failedFor(subdomain),
        { failedBefore },
      );
    },
  };
}

function storedIn({ stored }: Destination): StoredRecords {
  if (stored !== undefined) return stored;
  throw new DestinationRefused(
    'The destination is no longer a database. Name the former one again, then resume.',
  );
}

/** Each attempt before has cost a request. */
function withFailed<T extends Cost>(result: T, attempt: number): T {
  return { ...result, requests: result.requests + attempt - 1 };
}
