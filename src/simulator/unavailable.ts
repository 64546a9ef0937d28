import { z } from 'zod';
import { html, type Answer } from './answer';
import { forbidden, invalidEndpoint } from './errors';

const status = z.union([z.literal(403), z.literal(404)]);

/** How an account without a stream refuses it: as JSON, or with an empty HTML body (§ streams that an account lacks). */
export const unavailableSchema = z.union([status, z.strictObject({ status, body: z.literal('html') })]);
export type Unavailable = z.infer<typeof unavailableSchema>;

export function unavailableAnswer(how: Unavailable): Answer {
  if (typeof how === 'object') return html(how.status, '');
  return how === 403 ? forbidden() : invalidEndpoint();
}
