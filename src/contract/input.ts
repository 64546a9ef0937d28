import { z } from 'zod';
import { STREAM_NAMES, STREAMS, type StreamName } from '../streams';
import { isList, type Endpoint } from '../streams/stream';
import { positionOf, secondOf } from './position';
import { endpointOf, type Continued, type ExportRequest } from './request';
import { CLOCK_SKEW_SECONDS, HOLD_BACK_SECONDS, parseTime, echo } from './time';
import { inputSchema } from './inputSchema';
import { pageKey, place } from './pageSchema';
import { parseSubdomain } from './subdomain';

/** Thrown with every problem of an input, one a line. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

interface InputContext {
  /** Unix seconds. */
  readonly now: number;
  /** The accounts this worker has credentials for. */
  readonly accounts: readonly string[];
  /** Result of the schedule's last run, if there was one: unknown until parsed. */
  readonly lastResult?: unknown;
  /** What is read where the input names no streams. */
  readonly streams?: readonly StreamName[];
}

/**
 * Checks what someone typed after `--input`.
 * @throws InvalidInput naming every problem.
 */
export function parseInput(
  input: unknown,
  { now, accounts, lastResult, streams = ['tickets'] }: InputContext,
): ExportRequest {
  refuseUnreadable("the export's input", input);
  // Not taken for absent: that would read everything again.
  refuseUnreadable("the result of the schedule's last run", lastResult);
  // A schedule starts every run with the same input: its last result, not the input, says how far it came.
  const last = readLastRun(lastResult);
  const readings = last !== undefined && last.subdomain === subdomainIn(input) ? reachedBy(last, now) : [];
  const continuing = readings.map(([name]) => name);
  const schema = inputSchema({
    now,
    accounts,
    continued: continuing,
    streams,
    onlyLists: namesOnlyLists(input),
  });
  const parsed = schema.safeParse(input, { reportInput: true });
  if (!parsed.success) throw new InvalidInput(explain(parsed.error));
  const { startTime = 0, endTime, ...options } = parsed.data;
  const continued = readings.map(([name, reading]) => {
    const endpoint = endpointOf(name, options.pagination);
    return [name, continuedFrom(reading, endpoint)] as const;
  });
  return {
    ...options,
    ...(endTime === undefined ? {} : { endTime }),
    startTime: Math.min(startTime, now - HOLD_BACK_SECONDS),
    continued: Object.fromEntries(continued),
    ...(readings.length > 0 && last?.customFields !== undefined ? { customFields: last.customFields } : {}),
  };
}

/** What the workflow's payload converter hands on in place of a payload that it cannot read. */
const unreadable = z.strictObject({ unreadable: z.string(), encrypted: z.boolean() });

/** @throws InvalidInput for a payload that could not be read */
export function refuseUnreadable(what: string, value: unknown): void {
  const { data } = unreadable.safeParse(value);
  if (data !== undefined) throw new InvalidInput(`Cannot read ${what}: ${data.unreadable}`);
}

function namesOnlyLists(input: unknown): boolean {
  const { data } = z.object({ streams: z.array(z.enum(STREAM_NAMES)).min(1) }).safeParse(input);
  return data?.streams.every((name) => isList(STREAMS[name])) ?? false;
}

function subdomainIn(input: unknown): string | undefined {
  const parsed = z.object({ subdomain: z.string() }).safeParse(input);
  return parsed.success ? parseSubdomain(parsed.data.subdomain) : undefined;
}

/** Left out when it makes no sense. */
const second = z.unknown().transform(parseTime);
const moment = second.transform((seconds) => (seconds === undefined ? undefined : seconds * 1000));

/** A stream in a status. What makes no sense beside the position is treated as absent. */
const lastReading = z.object({
  watermark: second.optional(),
  polledFrom: second.optional(),
  settling: second.optional(),
  leftOut: z
    .array(z.object({ from: second.pipe(z.int()), to: second.pipe(z.int()) }))
    .max(10)
    .optional()
    .catch(undefined),
  position: place,
  newFields: z.array(z.string()).max(50).optional().catch(undefined),
  // Without it, the boundary second is written and counted again.
  checkpoint: pageKey.nullish().catch(undefined),
});
type LastReading = z.output<typeof lastReading>;

const lastRun = z.object({
  subdomain: z.string(),
  // Of results that know of tickets alone, absent: then their place is that of the whole.
  streams: z.record(z.string(), lastReading.optional().catch(undefined)).optional(),
  customFields: z
    .object({
      readAt: moment.pipe(z.int()).nullable(),
      // Of results that know of no failure, absent.
      triedAt: moment.optional(),
      asText: z.int(),
      problem: z.string().max(2000).nullish(),
    })
    .transform(({ readAt, triedAt, asText, problem = null }) => ({
      at: triedAt ?? readAt ?? 0,
      readAt,
      asText,
      problem,
    }))
    .optional()
    .catch(undefined),
});
type LastRun = z.output<typeof lastRun>;

function readLastRun(result: unknown): LastRun | undefined {
  const last = lastRun.safeParse(result).data;
  if (last === undefined || last.streams !== undefined) return last;
  return { ...last, streams: { tickets: lastReading.safeParse(result).data } };
}

function reachedBy(last: LastRun, now: number): (readonly [StreamName, LastReading])[] {
  return STREAM_NAMES.flatMap((name) => {
    const reading = last.streams?.[name];
    return reading !== undefined && isReached(reading.position, now) ? [[name, reading] as const] : [];
  });
}

function continuedFrom(
  { position, checkpoint, watermark, polledFrom = 0, settling, leftOut, newFields }: LastReading,
  endpoint: Endpoint,
): Continued {
  return {
    position: positionOf(position, endpoint),
    polledFrom,
    ...(settling === undefined ? {} : { settling }),
    ...(checkpoint ? { previous: checkpoint } : {}),
    ...(watermark === undefined ? {} : { watermark }),
    ...(leftOut === undefined ? {} : { leftOut }),
    ...(newFields === undefined ? {} : { newFields }),
  };
}

/** Whether a run can have come as far: earlier releases followed an `end_time` of the future, and left out what is before it. */
function isReached(position: z.output<typeof place>, now: number): boolean {
  const second = secondOf(position);
  return second === null || second <= now + CLOCK_SKEW_SECONDS;
}

/** Every problem, one a line. */
export function explain(error: z.ZodError, what = "The export's input"): string {
  const problems = error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return `unknown field ${issue.keys.join(', ')}`;
    const field = issue.path.join('.');
    return field === '' ? `the input ${issue.message}` : `${field}: ${issue.message}${refusedValue(issue)}`;
  });
  return `${what} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n- ${problems.join('\n- ')}`;
}

/** The refused value. Our own messages have it; a subdomain may hold a password. */
function refusedValue({ code, path, input }: z.core.$ZodIssue): string {
  const isPlain = ['string', 'number', 'boolean'].includes(typeof input) || input === null;
  return !isPlain || code === 'custom' || path[0] === 'subdomain' ? '' : ` (got ${echo(input)})`;
}
