import { z } from 'zod';
import { STREAM_NAMES, STREAMS } from '../streams';
import { isList } from '../streams/stream';
import { MOST_PER_PAGE } from './page';
import { isCursor } from './position';
import { isUnixSeconds } from './time';
import { parseSubdomain } from './subdomain';

export const second = z.number().refine(isUnixSeconds, { error: 'not a time in Unix seconds' });
/** Databases keep them in 32 bits. */
export const ordinal = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

export const subdomain = z
  .string()
  .refine((name) => parseSubdomain(name) === name, { error: 'not a subdomain' });

/** Temporal's ids of runs; they become names of files. */
export const runId = z.string().regex(/^[\w-]{1,100}$/);

export const pageKey = z.object({
  exportId: runId,
  epoch: ordinal,
  page: ordinal,
});

const cursor = z.string().refine(isCursor, { error: 'not a cursor' });

const byCursor = z.object({ endpoint: z.literal('cursor'), cursor });
const byTime = z.object({ endpoint: z.enum(['time', 'cursor']), startTime: second });
/** A place in a stream of changes. */
export const changesPosition = z.union([byCursor, byTime]);

/** A place as the status shows it. */
export const place = z.union([z.object({ cursor }), z.object({ startTime: second })]);

/** The argument of the activity `exportPage`. A field that this release does not know is left out. */
export const wireRequest = z
  .object({
    subdomain,
    stream: z.exactOptional(z.enum(STREAM_NAMES)),
    key: pageKey,
    range: ordinal,
    previous: z.exactOptional(z.union([ordinal, pageKey])),
    position: z.union([
      byCursor,
      byTime,
      z.object({
        endpoint: z.literal('list'),
        sweep: second,
        after: cursor.nullable(),
        pages: z.exactOptional(ordinal),
        passed: z.exactOptional(cursor),
      }),
    ]),
    perPage: z.int().min(1).max(MOST_PER_PAGE),
    hasGaps: z.exactOptional(z.literal(true)),
    atOnce: z.exactOptional(z.literal(true)),
    failedBefore: z.exactOptional(ordinal),
    include: z.exactOptional(z.array(z.string().regex(/^\w+$/))),
    supportTypeScope: z.exactOptional(z.enum(['all', 'agent', 'ai_agent'])),
    excludeDeleted: z.exactOptional(z.boolean()),
    // May be before 1970, or within a second: an interval is taken off.
    excludeUpdatedBefore: z.exactOptional(z.number()),
    until: z.exactOptional(z.int()),
  })
  .refine(({ stream = 'tickets', position }) => isList(STREAMS[stream]) === (position.endpoint === 'list'), {
    path: ['position'],
    error: 'not a place in this stream',
  });
