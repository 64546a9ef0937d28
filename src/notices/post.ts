import { createHmac } from 'node:crypto';
import { types } from 'node:util';
import { request } from 'undici';
import { digest } from '../digest';
import { dispatcher } from '../zendesk/dispatcher';
import { hostOf, type NoticeTarget } from './target';
import { textOf, type Message } from './text';

/** A receiver that takes longer gets the notice again later. */
const LONGEST_MS = 10_000;

/** Says no more of the URL than its host. */
export class NotDelivered extends Error {
  override readonly name = 'NotDelivered';
}

/**
 * One attempt to deliver a notice, signed as the Standard Webhooks specification says.
 * @throws NotDelivered; the abort reason when `signal` aborts
 */
export async function post(target: NoticeTarget, message: Message, signal: AbortSignal): Promise<void> {
  const body = JSON.stringify({ text: textOf(message), ...message });
  const late = AbortSignal.timeout(LONGEST_MS);
  const status = await send(target, message, body, AbortSignal.any([signal, late])).catch(
    (error: unknown) => {
      if (signal.aborted) throw signal.reason;
      const why = late.aborted
        ? `did not answer within ${LONGEST_MS / 1000} s`
        : `is out of reach (${codeOf(error)})`;
      throw new NotDelivered(`A notice was not delivered: ${hostOf(target)} ${why}.`);
    },
  );
  if (status >= 200 && status < 300) return;
  throw new NotDelivered(`A notice was not delivered: ${hostOf(target)} answered ${status}.`);
}

async function send(
  target: NoticeTarget,
  message: Message,
  body: string,
  signal: AbortSignal,
): Promise<number> {
  // No redirect is followed.
  const { statusCode, body: answer } = await request(target.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'zendesk-ticket-export',
      ...signature(target.secret, message, body),
    },
    body,
    signal,
    dispatcher: dispatcher(),
  });
  // What it says does not matter, however long it is.
  answer.on('error', () => undefined).destroy();
  return statusCode;
}

/** The id is that of the notice and not of the attempt, so that a receiver can tell one that comes twice. */
function signature(secret: Buffer | null, message: Message, body: string): Record<string, string> {
  const id = `msg_${digest(JSON.stringify(message)).slice(0, 32)}`;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const named = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === null) return named;
  const signed = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...named, 'webhook-signature': `v1,${signed}` };
}

function codeOf(error: unknown): string {
  return types.isNativeError(error) && 'code' in error ? String(error.code) : 'no connection';
}
