import { activityInfo, cancellationSignal, log } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { noticeSchema } from '../src/contract/noticeSchema';
import { NotDelivered, post } from '../src/notices/post';
import { checked, readArgument } from './checked';
import type { Resources } from './resources';

const WORDS = { what: 'The notice', remedy: 'It is sent by an export or a verification alone.' };

/** One attempt to deliver a notice, where the account has a receiver of notices. */
export async function postNotice({ accounts }: Resources, asked: unknown): Promise<void> {
  const notice = checked((value) => readArgument(noticeSchema, value, WORDS), asked);
  const { subdomain, event } = notice;
  const target = accounts.noticesOf(subdomain);
  if (target === undefined) return;
  try {
    await post(target, notice, cancellationSignal());
  } catch (error) {
    if (!(error instanceof NotDelivered)) throw error;
    const { attempt } = activityInfo();
    log.warn('notice not delivered', { subdomain, event, attempt, problem: error.message });
    const failure = ApplicationFailure.create({ type: 'NotDelivered', message: error.message });
    failure.stack = '';
    throw failure;
  }
}
