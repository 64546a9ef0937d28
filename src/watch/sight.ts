import { z } from 'zod';

const problem = z.object({
  stream: z.string().optional(),
  type: z.string(),
  message: z.string(),
  since: z.string().optional(),
  attempts: z.number().default(1),
});

/** What is read of an export's status, and of each of its streams. */
const streamGlance = z.object({
  state: z.string(),
  records: z.number().nullish(),
  watermark: z.string().nullish(),
  percent: z.number().nullish(),
  recordsPerSecond: z.number().nullish(),
  etaSeconds: z.number().nullish(),
  lagSeconds: z.number().nullish(),
  lastError: problem.nullish(),
});
export type StreamGlance = z.infer<typeof streamGlance>;

/** The memo, which can be read without a worker, has the first few of it. */
export const glance = streamGlance.extend({
  tickets: z.number().default(0),
  waitingFor: z.string().nullish(),
  streams: z.record(z.string(), streamGlance).optional(),
});
export type Glance = z.infer<typeof glance>;

/** An export as `npm run watch` sees it at a moment. */
export interface Sight {
  readonly workflowId: string;
  /** Undefined when nothing is known of its progress yet. */
  readonly glance: Glance | undefined;
  /** What the status cannot say: attempts that fail, a worker that does not answer, how the workflow ended. */
  readonly note: string | undefined;
  /** Undefined while it runs. */
  readonly ended: 'completed' | 'failed' | 'was cancelled' | 'was terminated' | 'timed out' | undefined;
}
