import { z } from 'zod';
import { pointInTime } from '../src/contract/inputSchema';
import { MOST_PER_PAGE } from '../src/contract/page';
import { changesPosition, ordinal, runId, second, subdomain } from '../src/contract/pageSchema';
import {
  DIFFERENCES,
  METHODS,
  MOST_IDS,
  MOST_SHOWN,
  VERIFIED_STREAMS,
  type CompareRequest,
  type ConfirmRequest,
  type RereadRequest,
} from '../src/contract/verification';
import { readArgument } from './checked';

const common = { subdomain, failedBefore: ordinal };

const stream = z.exactOptional(z.enum(VERIFIED_STREAMS));

const compare = z.strictObject({
  ...common,
  stream,
  bound: second,
  deep: z.boolean(),
  window: z.strictObject({ from: second, to: second }),
});

/** What may write, and so has a place in the page log. */
const logged = {
  repair: z.boolean(),
  supportTypeScope: z.enum(['all', 'agent', 'ai_agent']),
  verificationId: runId,
  step: z.int().positive(),
};

const confirm = z.strictObject({
  ...common,
  ...logged,
  stream,
  bound: second,
  ids: z.array(z.int().positive()).min(1).max(MOST_SHOWN),
  only: z.exactOptional(z.enum(DIFFERENCES)),
});

const reread = z.strictObject({
  ...common,
  ...logged,
  position: changesPosition,
  perPage: z.int().min(1).max(MOST_PER_PAGE),
  until: second,
  after: z.object({ second, id: z.int().nonnegative() }),
  byUpdate: z.boolean(),
});

const found = z.object({ count: ordinal, ids: z.array(z.int().positive()).max(MOST_IDS) });

/** Of the status, what the row has. Its times are read as Unix seconds. */
const ended = z.object({
  verificationId: runId,
  failedBefore: ordinal,
  status: z.object({
    subdomain,
    stream: z.enum(VERIFIED_STREAMS),
    startedAt: pointInTime,
    from: pointInTime,
    to: pointInTime,
    bound: pointInTime,
    method: z.enum(METHODS),
    deep: z.boolean(),
    repair: z.boolean(),
    windows: ordinal,
    compared: ordinal,
    unconfirmed: ordinal,
    repaired: ordinal,
    requests: ordinal,
    took: ordinal,
    missing: found,
    stale: found,
    extra: found,
  }),
});
export type EndedVerification = z.output<typeof ended>;

const WORDS = { what: 'The request', remedy: 'Start the verification again.' };

/** @throws InvalidInput naming every problem */
export function parseCompareRequest(asked: unknown): CompareRequest {
  return readArgument(compare, asked, WORDS);
}

/** @throws InvalidInput naming every problem */
export function parseConfirmRequest(asked: unknown): ConfirmRequest {
  return readArgument(confirm, asked, WORDS);
}

/** @throws InvalidInput naming every problem */
export function parseRereadRequest(asked: unknown): RereadRequest {
  return readArgument(reread, asked, WORDS);
}

/** @throws InvalidInput naming every problem */
export function parseEndedVerification(asked: unknown): EndedVerification {
  return readArgument(ended, asked, WORDS);
}
