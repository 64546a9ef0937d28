import { z } from 'zod';

/** What is read of an export's status; the memo, which can be read without a worker, has the first few of it. */
export const glance = z.object({
  state: z.string(),
  tickets: z.number().default(0),
  watermark: z.string().nullish(),
  percent: z.number().nullish(),
  ticketsPerSecond: z.number().nullish(),
  etaSeconds: z.number().nullish(),
  lagSeconds: z.number().nullish(),
  waitingFor: z.string().nullish(),
  lastError: z
    .object({
      type: z.string(),
      message: z.string(),
      since: z.string().optional(),
      attempts: z.number().default(1),
    })
    .nullish(),
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
