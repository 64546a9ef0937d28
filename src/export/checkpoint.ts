import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { isCursor } from '../contract/position';
import { isUnixSeconds } from '../contract/time';
import type { PageRequest, PageResult } from '../contract/page';
import type { Destination } from '../destinations/destination';
import { jsonOrUndefined } from '../json';
import { LONGEST_KEY, MOST_KEYS } from './newKeys';
import { boundaryJson, NO_BOUNDARY, toJson, type Boundary } from './boundary';

/** One attempt at a page. */
export interface Attempt {
  /** The same for every attempt at one page, and for no other page, run or export. */
  readonly of: string;
  /** From 1. */
  readonly number: number;
}

/**
 * Makes a page's checkpoint, which is written in its transaction. It holds the request that it answers: keys of pages come
 * again, in the runs of a cron schedule or after `temporal workflow reset`, and one page must not be taken for another.
 */
export function checkpointOf(
  request: PageRequest,
  { of }: Attempt,
  result: PageResult,
  boundary: Boundary,
): string {
  return JSON.stringify({ of, request, result, boundary: toJson(boundary) });
}

/** The result of a page that an earlier attempt got written; undefined when none did. */
export async function writtenBefore(
  destination: Destination,
  request: PageRequest,
  attempt: Attempt,
): Promise<PageResult | undefined> {
  const text = await destination.checkpoint(request.subdomain, request.key);
  const { data } = answer.safeParse(jsonOrUndefined(text ?? ''));
  const isAnswer = data?.of === attempt.of && isDeepStrictEqual(data.request, asJson(request));
  // The quota that it saw is out of date.
  return isAnswer ? { ...data.result, quota: null } : undefined;
}

/** The boundary of the page before; none when that is unknown, or of another version of this worker. */
export async function boundaryBefore(
  destination: Destination,
  { subdomain, previous }: PageRequest,
): Promise<Boundary> {
  if (previous === undefined) return NO_BOUNDARY;
  const text = await destination.checkpoint(subdomain, previous);
  return before.safeParse(jsonOrUndefined(text ?? '')).data?.boundary ?? NO_BOUNDARY;
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

const before = z.object({ boundary: boundaryJson });

/** More than one page can add up to is a mistake. */
const count = z
  .int()
  .nonnegative()
  .max(2 ** 31 - 1);
const second = z.number().refine(isUnixSeconds);

/** A page's result in its checkpoint. */
export const resultJson = z.object({
  received: count,
  written: count,
  deleted: count,
  repeated: count,
  filtered: count,
  quarantined: count,
  bytes: count,
  first: second.nullable(),
  last: second.nullable(),
  onLastSecond: count,
  endTime: second.nullable(),
  afterCursor: z.string().refine(isCursor).nullable(),
  endOfStream: z.boolean(),
  pinned: z.boolean(),
  newKeys: z.array(z.string().max(LONGEST_KEY)).max(MOST_KEYS),
  requests: count,
});

const answer = z.object({ of: z.string(), request: z.unknown(), result: resultJson });
