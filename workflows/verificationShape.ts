import { ApplicationFailure } from '@temporalio/common';
import {
  MOST_IDS,
  VERIFIED_STREAMS,
  type Found,
  type Place,
  type Rereading,
  type VerificationRequest,
  type Window,
} from '../src/contract/verification';
import { pace, problem, range, rejection, subdomain } from './carriedShape';
import {
  between,
  both,
  count,
  flag,
  is,
  isRecord,
  list,
  moment,
  object,
  oneOf,
  optional,
  ordinal,
  orNull,
  second,
  within,
} from './checks';
import { UnreadablePayload } from './payloadConverter';
import {
  initialVerification,
  VERIFICATION_VERSION,
  type RereadPlace,
  type Verification,
} from './verificationState';

// The shape of what a run carries to the next one: anybody can have made it up.

const id = between(1, Number.MAX_SAFE_INTEGER);
const window = both(
  object<Window>({ from: second, to: second }),
  is((value) => isRecord(value) && Number(value['from']) < Number(value['to'])),
);

const request = object<VerificationRequest>({
  subdomain,
  stream: optional(oneOf(...VERIFIED_STREAMS)),
  from: second,
  to: second,
  bound: second,
  deep: flag,
  repair: flag,
  supportTypeScope: oneOf('all', 'agent', 'ai_agent'),
  requestsPerMinute: within(1, 100_000),
  reread: optional(object<Rereading>({ endpoint: oneOf('time', 'cursor'), byUpdate: flag })),
  tickets: count,
  oldest: second,
});

const found = object<Found>({ count, ids: list(id, (length) => length <= MOST_IDS) });

/** Halves of halves of all of time. */
const MOST_WINDOWS = 60;

const shape = object<Verification>({
  version: is((value) => value === VERIFICATION_VERSION),
  startedAt: moment,
  request: orNull(request),
  windows: list(window, (length) => length <= MOST_WINDOWS),
  reading: optional(orNull(object<RereadPlace>({ range, after: object<Place>({ second, id: count }) }))),
  candidates: list(id),
  step: ordinal,
  pace,
  exportPace: optional(pace),
  notBefore: moment,
  paused: flag,
  blockedUntil: orNull(moment),
  lastError: orNull(problem),
  failedBefore: ordinal,
  compared: count,
  windowsCompared: count,
  found: object<Verification['found']>({ missing: found, stale: found, extra: found }),
  unconfirmed: count,
  repaired: count,
  requests: count,
  rejectedSignals: list(rejection),
  isRecorded: flag,
  ended: orNull(
    object<NonNullable<Verification['ended']>>({
      as: oneOf('completed', 'cancelled', 'failed'),
      at: moment,
    }),
  ),
});

/** @throws ApplicationFailure, which fails the workflow, where it cannot be used */
export function carriedVerification(carried: unknown, now: number): Verification {
  if (carried === undefined) return initialVerification(now);
  if (carried instanceof UnreadablePayload)
    throw new Error(`the state of this verification is ${carried.unreadable}`);
  const path = shape(carried);
  if (path === undefined) return carried as Verification;
  throw ApplicationFailure.nonRetryable(
    `The state that this run was started with is not valid: ${path === '' ? 'it is not an object' : path}. ` +
      'Start the verification with its input alone.',
    'InvalidState',
  );
}
