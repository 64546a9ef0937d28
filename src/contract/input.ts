import { z } from 'zod';
import { HOLD_BACK_SECONDS, TIME_FORMS, iso, parseTime } from '../../workflows/time';
import type { Position, PageKey, SupportTypeScope } from './page';
import { parseSubdomain } from './subdomain';

/** An export as the workflow runs it: the input, checked, normalised and with its defaults. Times are epoch seconds. */
export interface ExportRequest {
  readonly subdomain: string;
  readonly start: Position;
  /** The page that ended at `start`, when this run goes on from an earlier one. */
  readonly previous?: PageKey;
  readonly endTime?: number;
  readonly pagination: 'time' | 'cursor';
  readonly follow: false | { readonly everySeconds: number };
  readonly perPage: number;
  readonly include: readonly string[];
  readonly supportTypeScope: SupportTypeScope;
  readonly excludeSystemUpdates: boolean;
  readonly excludeDeleted: boolean;
  readonly requestsPerMinute: number;
  readonly onBlocked: 'wait' | 'fail';
}

/** Thrown with every problem of an input, one a line. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

/** The sideloads Zendesk lists for tickets and the export serves. */
const SIDELOADS = [
  'users',
  'groups',
  'organizations',
  'metric_sets',
  'dates',
  'sharing_agreements',
  'comment_count',
  'incident_counts',
  'ticket_forms',
  'metric_events',
  'slas',
] as const;

interface Surroundings {
  /** Epoch seconds. */
  readonly now: number;
  /** The accounts this worker has credentials for. */
  readonly accounts: readonly string[];
  /** Result of the schedule's last run, if there was one: unknown until parsed. */
  readonly lastResult?: unknown;
}

/**
 * Checks what someone typed after `--input`.
 * @throws InvalidInput naming every problem.
 */
export function parseInput(input: unknown, { now, accounts, lastResult }: Surroundings): ExportRequest {
  const last = lastRun.safeParse(lastResult);
  const continued = last.success ? last.data : undefined;
  const parsed = schema(now, accounts, continued !== undefined).safeParse(input);
  if (!parsed.success) throw new InvalidInput(explain(parsed.error));
  const { startTime, endTime, ...options } = parsed.data;
  const from = (seconds: number): Position => ({ endpoint: options.pagination, startTime: seconds });
  const request = { ...options, ...(endTime === undefined ? {} : { endTime }) };
  // A schedule starts every run with the same input: its last result, not the input, says how far it came.
  if (continued?.subdomain === options.subdomain) {
    const start: Position =
      'cursor' in continued.position
        ? { endpoint: 'cursor', cursor: continued.position.cursor }
        : from(continued.position.startTime);
    return { ...request, start, ...(continued.checkpoint ? { previous: continued.checkpoint } : {}) };
  }
  return { ...request, start: from(Math.min(startTime ?? 0, now - HOLD_BACK_SECONDS)) };
}

function schema(now: number, accounts: readonly string[], continues: boolean) {
  const pastTime = time.refine((seconds) => seconds <= now, {
    error: (issue) => `${iso(Number(issue.input))} is in the future (now ${iso(now)}): nothing to export yet`,
  });
  return z
    .strictObject({
      subdomain: subdomain(accounts),
      startTime: continues
        ? pastTime.optional()
        : z
            .any()
            .refine((value) => value !== undefined, {
              error: `is required: ${TIME_FORMS}`,
              abort: true,
            })
            .pipe(pastTime),
      endTime: time.optional(),
      pagination: z.enum(['time', 'cursor']).default('time'),
      follow: z
        .union([z.literal(false), z.strictObject({ everySeconds: z.number().min(60) })], {
          error: 'must be false or {"everySeconds": n} with n of at least 60',
        })
        .default(false),
      perPage: z.int().min(1).max(1000).default(1000),
      include: z.array(sideload).default([]),
      supportTypeScope: z.enum(['all', 'agent', 'ai_agent']).default('all'),
      excludeSystemUpdates: z.boolean().default(false),
      excludeDeleted: z.boolean().default(false),
      requestsPerMinute: z.number().min(1).default(10),
      ranges: z.literal(1, { error: 'only 1 is available in this version' }).default(1),
      onBlocked: z.enum(['wait', 'fail']).default('wait'),
    })
    .refine(({ startTime, endTime }) => endTime === undefined || endTime >= (startTime ?? 0), {
      path: ['endTime'],
      error: 'is before startTime',
    });
}

const time = z.unknown().transform((value, context) => {
  const seconds = parseTime(value);
  if (seconds !== undefined) return seconds;
  context.addIssue({ code: 'custom', message: `is no point in time: ${TIME_FORMS}` });
  return z.NEVER;
});

const sideload = z
  .string()
  .refine((name) => name !== 'last_audits', 'last_audits is not supported by the incremental export')
  .refine((name) => name === 'last_audits' || (SIDELOADS as readonly string[]).includes(name), {
    error: (issue) => `unknown sideload ${JSON.stringify(issue.input)}; known: ${SIDELOADS.join(', ')}`,
  });

function subdomain(accounts: readonly string[]) {
  return z
    .string({ error: "is required: acme, acme.zendesk.com or the account's URL" })
    .transform((value, context) => {
      const label = parseSubdomain(value);
      if (label === undefined) {
        context.addIssue({
          code: 'custom',
          message: `${JSON.stringify(value.slice(0, 80))} is no Zendesk subdomain`,
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

const lastRun = z.object({
  subdomain: z.string(),
  position: z.union([z.object({ startTime: z.int() }), z.object({ cursor: z.string() })]),
  checkpoint: z.object({ exportId: z.string(), epoch: z.int(), page: z.int() }).nullish(),
});

function explain(error: z.ZodError): string {
  const problems = error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return `unknown field ${issue.keys.join(', ')}`;
    const field = issue.path.join('.');
    return field === '' ? `the input ${issue.message}` : `${field}: ${issue.message}`;
  });
  return `The export's input has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n- ${problems.join('\n- ')}`;
}
