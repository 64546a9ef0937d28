import { z } from 'zod';
import type { Answer } from './answer';
import {
  accountThrottled,
  BODY_SHAPES,
  errorAnswer,
  exportThrottled,
  html200,
  startTimeTooRecent,
  TOO_RECENT_FORMS,
  upstreamTimeout,
} from './errors';
import { randomStream } from './random';

/** A request as faults see it. Times are Unix seconds; `position` is the second a page is asked from, in both modes. */
export interface RequestFacts {
  readonly method: string;
  readonly path: string;
  readonly isExport: boolean;
  readonly position?: number | undefined;
  readonly cursor?: string | undefined;
  readonly perPage?: number | undefined;
}

const common = {
  /** How many requests it strikes. Default: 1, or always with a probability, a region, a predicate or `perPageAbove`. */
  times: z.union([z.int().positive(), z.literal('always')]).optional(),
  /** Strikes a matching request with this probability (seeded). */
  probability: z.number().min(0).max(1).optional(),
  /** Which requests it may strike. Default 'exports'. */
  scope: z.enum(['exports', 'others', 'all']).optional(),
  /** Only requests to this path and those below it, such as `/api/v2/incremental/users`. */
  path: z.string().optional(),
  /** Only pages asked from a second in [fromTime, toTime). */
  fromTime: z.number().optional(),
  toTime: z.number().optional(),
};
const retryAfter = z.union([z.number(), z.string()]).optional();

/** A fault as data, for `simulator.fault(…)` and for `POST /simulator/faults`. */
export const faultSchema = z.discriminatedUnion('kind', [
  /** An error status with one of the recorded body shapes (default 'error'). */
  z.strictObject({
    ...common,
    kind: z.literal('status'),
    status: z.int().min(400).max(599),
    body: z.enum(BODY_SHAPES).optional(),
    retryAfter,
  }),
  /** 429 with the body of the request's limit; without `retryAfter` the header is missing. */
  z.strictObject({ ...common, kind: z.literal('throttle'), retryAfter }),
  /** The socket is destroyed, before anything was sent or in the middle of the body. */
  z.strictObject({ ...common, kind: z.literal('reset'), point: z.enum(['before', 'midBody']).optional() }),
  /** The JSON is cut in half; the transfer itself is complete. */
  z.strictObject({ ...common, kind: z.literal('truncate') }),
  /** An HTML page with status 200. */
  z.strictObject({ ...common, kind: z.literal('html200') }),
  /** No answer ever, or half a body and then silence. */
  z.strictObject({ ...common, kind: z.literal('stall'), point: z.enum(['before', 'midBody']).optional() }),
  /** The answer takes this many milliseconds longer. */
  z.strictObject({ ...common, kind: z.literal('slow'), ms: z.number().nonnegative() }),
  /** 504 "upstream request timeout" for pages asked with more than `perPageAbove` records. */
  z.strictObject({ ...common, kind: z.literal('upstreamTimeout'), perPageAbove: z.int().nonnegative() }),
  /** `next_page` and `after_url` point to another host. */
  z.strictObject({ ...common, kind: z.literal('wrongHost'), host: z.string().optional() }),
  /** `end_time` lies `seconds` (default 3600) before the `start_time` asked for, before the end of the stream. */
  z.strictObject({ ...common, kind: z.literal('endTimeBackwards'), seconds: z.number().optional() }),
  /** `after_cursor` is the cursor that was sent, before the end of the stream. */
  z.strictObject({ ...common, kind: z.literal('cursorStuck') }),
  /** `after_cursor` and `after_url` are null, or a list has no next link, before the end of the stream. */
  z.strictObject({ ...common, kind: z.literal('cursorMissing') }),
  /** A page by time holds a third of the records asked for, before the end of the stream. */
  z.strictObject({ ...common, kind: z.literal('shortPage') }),
  /** A list comes by offset, whatever was asked for: a list that does not know `page[size]`, or one that no longer comes all at once. */
  z.strictObject({ ...common, kind: z.literal('byOffset') }),
  /** "start_time too recent" in one of its three recorded forms (default '400'). */
  z.strictObject({ ...common, kind: z.literal('tooRecent'), form: z.enum(TOO_RECENT_FORMS).optional() }),
]);

export type Fault = z.infer<typeof faultSchema>;
/** A fault with, in the same process, a predicate of the request. */
export type FaultSpec = Fault & { matches?: ((request: RequestFacts) => boolean) | undefined };

/** The faults that wait for a request. The oldest that matches strikes; one request meets one fault. */
export class Faults {
  private specs: { spec: FaultSpec; left: number }[] = [];
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = randomStream(seed);
  }

  add(spec: FaultSpec): void {
    const lasting =
      spec.probability !== undefined ||
      spec.matches !== undefined ||
      spec.fromTime !== undefined ||
      spec.toTime !== undefined ||
      spec.kind === 'upstreamTimeout';
    const times = spec.times ?? (lasting ? 'always' : 1);
    this.specs.push({ spec, left: times === 'always' ? Infinity : times });
  }

  clear(): void {
    this.specs = [];
  }

  /** The fault a request meets, if any. */
  strike(request: RequestFacts): Fault | undefined {
    const struck = this.specs.find(
      ({ spec }) => applies(spec, request) && this.random() < (spec.probability ?? 1),
    );
    if (struck === undefined) return undefined;
    struck.left -= 1;
    if (struck.left <= 0) this.specs = this.specs.filter((other) => other !== struck);
    return struck.spec;
  }
}

function applies(spec: FaultSpec, request: RequestFacts): boolean {
  const scope = spec.scope ?? 'exports';
  if (scope !== 'all' && (scope === 'exports') !== request.isExport) return false;
  if (spec.path !== undefined && !`${request.path.replace(/\.json$/, '')}/`.startsWith(`${spec.path}/`))
    return false;
  if (spec.kind === 'upstreamTimeout' && (request.perPage ?? 0) <= spec.perPageAbove) return false;
  if (spec.kind === 'cursorStuck' && request.cursor === undefined) return false;
  if (spec.fromTime !== undefined && (request.position ?? -Infinity) < spec.fromTime) return false;
  if (spec.toTime !== undefined && (request.position ?? Infinity) >= spec.toTime) return false;
  return spec.matches === undefined || spec.matches(request);
}

/** The answer a fault gives in place of the real one, for those that do. */
export function faultAnswer(fault: Fault | undefined, isExport: boolean): Answer | undefined {
  switch (fault?.kind) {
    case 'status':
      return errorAnswer(fault.status, fault.body ?? 'error', retryAfterHeader(fault.retryAfter));
    case 'throttle':
      return (isExport ? exportThrottled : accountThrottled)(retryAfterHeader(fault.retryAfter));
    case 'html200':
      return html200();
    case 'upstreamTimeout':
      return upstreamTimeout();
    case 'tooRecent':
      return startTimeTooRecent(fault.form);
    case 'reset':
    case 'stall':
    case 'slow':
    case 'truncate':
    case 'wrongHost':
    case 'endTimeBackwards':
    case 'cursorStuck':
    case 'cursorMissing':
    case 'shortPage':
    case 'byOffset':
    case undefined:
      return undefined;
  }
}

function retryAfterHeader(value: number | string | undefined): Record<string, string> {
  return value === undefined ? {} : { 'retry-after': String(value) };
}
