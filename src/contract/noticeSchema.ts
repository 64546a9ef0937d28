import { z } from 'zod';
import { STREAM_NAMES } from '../streams';
import { NOTICE_EVENTS, type Notice } from './notice';
import { subdomain } from './pageSchema';

/** The argument of the activity `postNotice`: whoever may start workflows can have it called with anything. */
export const noticeSchema: z.ZodType<Notice> = z.strictObject({
  event: z.enum(NOTICE_EVENTS),
  subdomain,
  stream: z.exactOptional(z.enum(STREAM_NAMES)),
  workflowId: z.string().max(1000),
  runId: z.string().max(100),
  reason: z.string().max(10_000),
  at: z.iso.datetime(),
});
