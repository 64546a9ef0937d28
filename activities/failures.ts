import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { AccountNotConfigured } from '../src/account/accounts';
import { InvalidInput } from '../src/contract/input';
import { DestinationRefused, DestinationUnavailable } from '../src/destinations/destination';
import { foreignText } from '../src/foreignText';
import { ZendeskError, type Failure } from '../src/zendesk/failure';

/** Answers that make no sense are asked for again this often before an operator is called. */
const CONTRADICTION_ATTEMPTS = 3;
/** What may pass by itself is tried again this often, for some four minutes. */
const PATIENT_ATTEMPTS = 9;
/** A database may quote a whole row, and Temporal would keep it in the history. */
const LONGEST_FOREIGN_MESSAGE = 300;

/**
 * The one mapping from what went wrong to what Temporal does about it: retry with backoff, retry when Zendesk said, or
 * hand it to the workflow, which holds its place (`blocked`). Causes and stacks are left behind: they may quote anything,
 * and our errors say in their message all that an operator needs.
 * @param error anything thrown by `src/`
 * @param attempt of the activity, from 1
 * @param canShrink whether a smaller page can be asked for
 */
export function toActivityFailure(error: unknown, attempt: number, canShrink: boolean): ApplicationFailure {
  const failure = mapped(error, attempt, canShrink);
  failure.stack = '';
  return failure;
}

function mapped(error: unknown, attempt: number, canShrink: boolean): ApplicationFailure {
  if (error instanceof InvalidInput) return handToWorkflow('InvalidInput', error.message);
  if (error instanceof AccountNotConfigured) return handToWorkflow('Unauthorized', error.message);
  if (error instanceof DestinationRefused) {
    return isWorthRetrying(error, attempt)
      ? retry(attempt, 'DestinationRefused', error.message)
      : handToWorkflow('DestinationRefused', error.message);
  }
  if (!(error instanceof ZendeskError)) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    // What is neither is a bug, which ends with a corrected worker.
    const type = error instanceof DestinationUnavailable ? 'DestinationUnavailable' : 'Unexpected';
    return retry(attempt, type, foreignText(message || name, LONGEST_FOREIGN_MESSAGE));
  }
  const { failure, message } = error;
  const type = TYPES[failure.kind];
  if (isWorthRetrying(error, attempt)) return retry(attempt, type, message);
  switch (failure.kind) {
    case 'throttled':
      // Expected, so no alarm: BENIGN keeps it out of the failure metrics and the error log.
      return ApplicationFailure.create({
        type,
        message,
        nextRetryDelay: failure.retryAfterSeconds * 1000,
        category: ApplicationFailureCategory.BENIGN,
      });
    case 'unavailable':
      return retry(attempt, type, message);
    case 'tooHeavy':
      return canShrink ? handToWorkflow(type, message) : retry(attempt, type, message);
    case 'contradiction':
      return attempt < CONTRADICTION_ATTEMPTS ? retry(attempt, type, message) : handToWorkflow(type, message);
    case 'unauthorized':
    case 'forbidden':
    case 'unknownAccount':
    case 'cursorRejected':
    case 'tooRecent':
    case 'crowdedSecond':
    case 'refused':
      return handToWorkflow(type, message);
  }
}

/** What operators read in the status and in the Web UI. */
const TYPES: Readonly<Record<Failure['kind'], string>> = {
  throttled: 'Throttled',
  unavailable: 'ZendeskUnavailable',
  tooHeavy: 'PageTooHeavy',
  crowdedSecond: 'CrowdedSecond',
  contradiction: 'Contradiction',
  unauthorized: 'Unauthorized',
  forbidden: 'Forbidden',
  unknownAccount: 'UnknownAccount',
  cursorRejected: 'CursorRejected',
  tooRecent: 'RequestRefused',
  refused: 'RequestRefused',
};

function isWorthRetrying({ mayPass }: { readonly mayPass: boolean }, attempt: number): boolean {
  return mayPass && attempt < PATIENT_ATTEMPTS;
}

/** An outage that has lasted is looked at again at most this much later. */
const LONGEST_DELAY_SECONDS = 300;

/** With backoff by attempt: 1, 2, 4 … seconds. */
function retry(attempt: number, type: string, message: string): ApplicationFailure {
  const seconds = Math.min(2 ** (attempt - 1), LONGEST_DELAY_SECONDS);
  return ApplicationFailure.create({ type, message, nextRetryDelay: seconds * 1000 });
}

function handToWorkflow(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}
