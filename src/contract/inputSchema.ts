import { z } from 'zod';
import { STREAM_NAMES, STREAMS, type StreamName } from '../streams';
import { isList } from '../streams/stream';
import { MOST_PER_PAGE } from './page';
import { DEFAULT_SWEEP_SECONDS, LEAST_SWEEP_SECONDS } from './request';
import { LONGEST_PAUSE_SECONDS, TIME_FORMS, describeBadTime, echo, iso, parseTime } from './time';
import { parseSubdomain } from './subdomain';

/** The sideloads Zendesk lists for tickets and the export serves. */
const SIDELOADS: readonly string[] = STREAMS.tickets.sideloads.map(({ name }) => name);

const INPUT_FORM = 'must be a JSON object such as {"subdomain": "acme", "startTime": "2024-01-01T00:00:00Z"}';
/** More would not be faster: a page takes seconds, and at most 30 may be asked for in a minute. */
const MOST_RANGES = 10;

interface SchemaContext {
  /** Unix seconds. */
  readonly now: number;
  /** The accounts this worker has credentials for. */
  readonly accounts: readonly string[];
  /** What an earlier run says where to start with. */
  readonly continued: readonly StreamName[];
  /** Where the input names none. */
  readonly streams: readonly StreamName[];
  /** Whether the input names lists alone, which are read whole. */
  readonly onlyLists: boolean;
}

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the type is what zod infers
export function inputSchema({ now, accounts, continued, streams, onlyLists }: SchemaContext) {
  const pastTime = pointInTime.refine((seconds) => seconds <= now, {
    error: (issue) => `${iso(Number(issue.input))} is in the future (now ${iso(now)}): nothing to export yet`,
  });
  return z
    .strictObject(
      {
        subdomain: accountName(accounts),
        startTime:
          continued.length > 0 || onlyLists
            ? pastTime.optional()
            : z
                .any()
                .refine((value) => value !== undefined, {
                  error: `is required: ${TIME_FORMS}`,
                  abort: true,
                })
                .pipe(pastTime),
        endTime: pointInTime.optional(),
        streams: streamNames.default([...streams]),
        pagination: z.enum(['time', 'cursor']).nullable().default(null),
        follow: z
          .union(
            [
              z.literal(false),
              z.strictObject({ everySeconds: z.number().min(60).max(LONGEST_PAUSE_SECONDS) }),
            ],
            {
              error: `must be false or {"everySeconds": n} with n from 60 to ${LONGEST_PAUSE_SECONDS}`,
            },
          )
          .default(false),
        lists: z
          .strictObject({ everySeconds: z.number().min(LEAST_SWEEP_SECONDS).max(LONGEST_PAUSE_SECONDS) })
          .default({ everySeconds: DEFAULT_SWEEP_SECONDS }),
        perPage: z.int().min(1).max(MOST_PER_PAGE).default(MOST_PER_PAGE),
        include: z.array(sideload).default([]),
        supportTypeScope: z.enum(['all', 'agent', 'ai_agent']).default('all'),
        excludeSystemUpdates: z.boolean().default(false),
        excludeDeleted: z.boolean().default(false),
        requestsPerMinute: z.number().min(1).nullable().default(null),
        ranges: z.int().min(1).max(MOST_RANGES).default(1),
        onBlocked: z.enum(['wait', 'fail']).default('wait'),
      },
      { error: ({ code }) => (code === 'invalid_type' ? INPUT_FORM : undefined) },
    )
    .refine(
      (input) =>
        input.startTime !== undefined ||
        input.streams.every((name) => isList(STREAMS[name]) || continued.some((one) => one === name)),
      {
        path: ['startTime'],
        error: `is required for streams that no earlier run has read: ${TIME_FORMS}`,
      },
    )
    .refine(({ startTime, endTime }) => !(Number(endTime) < Number(startTime)), {
      path: ['endTime'],
      error: ({ input }) => beforeStart(input),
      // By default left out when another field has a problem: then this one would be found on the second try only.
      when: ({ value }) => typeof value === 'object' && value !== null,
    });
}

/** @param input with both of them parsed */
function beforeStart(input: unknown): string {
  const { startTime, endTime } = input as { readonly startTime: number; readonly endTime: number };
  return `${iso(endTime)} is before startTime (${iso(startTime)})`;
}

/** As people type it; Unix seconds. */
export const pointInTime = z.unknown().transform((value, context) => {
  const seconds = parseTime(value);
  if (seconds !== undefined) return seconds;
  context.addIssue({ code: 'custom', message: describeBadTime(value) });
  return z.NEVER;
});

const STREAMS_FORM = `must be "all" or a list of ${STREAM_NAMES.join(', ')}`;

const streamNames = z.union(
  [
    z.literal('all').transform((): StreamName[] => [...STREAM_NAMES]),
    z
      .array(z.string())
      .min(1)
      .transform((names, context): StreamName[] => {
        const unknown = names.filter((name) => !STREAM_NAMES.some((known) => known === name));
        if (unknown.length > 0)
          context.addIssue({
            code: 'custom',
            message: `there is no stream ${unknown.map((name) => echo(name)).join(', ')}; known: ${STREAM_NAMES.join(', ')}`,
          });
        return [...new Set(names.flatMap((name) => STREAM_NAMES.find((known) => known === name) ?? []))];
      }),
  ],
  { error: STREAMS_FORM },
);

const sideload = z
  .string()
  .refine((name) => name !== 'last_audits', 'last_audits is not supported by the incremental export')
  .refine((name) => name === 'last_audits' || SIDELOADS.includes(name), {
    error: (issue) => `unknown sideload ${JSON.stringify(issue.input)}; known: ${SIDELOADS.join(', ')}`,
  });

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the type is what zod infers
export function accountName(accounts: readonly string[]) {
  return z
    .string({ error: "is required: acme, acme.zendesk.com or the account's URL" })
    .transform((value, context) => {
      const label = parseSubdomain(value);
      if (label === undefined) {
        context.addIssue({
          code: 'custom',
          // What stands before an @ may be a password.
          message: `${JSON.stringify(value.replace(/^.*@/s, '…@').slice(0, 80))} is not a Zendesk subdomain`,
        });
        return z.NEVER;
      }
      if (!accounts.includes(label)) {
        // A token must never travel to an account it does not belong to.
        context.addIssue({
          code: 'custom',
          message: `this worker has credentials for ${accounts.join(', ')}, not for ${label}`,
        });
        return z.NEVER;
      }
      return label;
    });
}
