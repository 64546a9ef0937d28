import { ApplicationFailureCategory } from '@temporalio/common';
import { toActivityFailure } from '../../activities/failures';
import { InvalidInput } from '../../src/contract/input';
import { AccountNotConfigured } from '../../src/account/accounts';
import { DestinationRefused, DestinationUnavailable } from '../../src/destinations/destination';
import { ZendeskError, type Failure } from '../../src/zendesk/failure';

function mapped(failure: Failure, { attempt = 1, canShrink = false } = {}) {
  const { type, nonRetryable, message } = toActivityFailure(
    new ZendeskError(failure, 'said so'),
    attempt,
    canShrink,
  );
  expect(message).toBe('said so');
  return [type, nonRetryable ? 'workflow' : 'retry'];
}

describe('toActivityFailure', () => {
  test.each<[Exclude<Failure['kind'], 'throttled'>, string, string]>([
    ['unavailable', 'ZendeskUnavailable', 'retry'],
    ['unauthorized', 'Unauthorized', 'workflow'],
    ['forbidden', 'Forbidden', 'workflow'],
    ['unknownAccount', 'UnknownAccount', 'workflow'],
    ['cursorRejected', 'CursorRejected', 'workflow'],
    ['refused', 'RequestRefused', 'workflow'],
    ['tooRecent', 'RequestRefused', 'workflow'],
  ])('makes of %s: %s, for the %s, however often it was tried', (kind, type, next) => {
    expect(mapped({ kind })).toEqual([type, next]);
    expect(mapped({ kind }, { attempt: 99 })).toEqual([type, next]);
  });

  test('retries a throttled request when Zendesk said, as something expected', () => {
    const error = new ZendeskError({ kind: 'throttled', retryAfterSeconds: 27 }, 'wait');
    expect(toActivityFailure(error, 1, true)).toMatchObject({
      type: 'Throttled',
      message: 'wait',
      nonRetryable: false,
      nextRetryDelay: 27_000,
      category: ApplicationFailureCategory.BENIGN,
    });
  });

  test('hands a page that is too heavy to the workflow while it can shrink', () => {
    expect(mapped({ kind: 'tooHeavy' }, { canShrink: true })).toEqual(['PageTooHeavy', 'workflow']);
    expect(mapped({ kind: 'tooHeavy' }, { canShrink: false })).toEqual(['PageTooHeavy', 'retry']);
  });

  test('asks three times before it believes a contradiction', () => {
    const outcomes = [1, 2, 3, 4].map((attempt) => mapped({ kind: 'contradiction' }, { attempt })[1]);
    expect(outcomes).toEqual(['retry', 'retry', 'workflow', 'workflow']);
  });

  test('hands what only people can correct to the workflow, word for word', () => {
    const long = 'every problem, one a line\n'.repeat(50);
    for (const [error, type] of [
      [new InvalidInput(long), 'InvalidInput'],
      [new DestinationRefused(long), 'DestinationRefused'],
      [new AccountNotConfigured(long), 'Unauthorized'],
    ] as const) {
      expect(toActivityFailure(error, 1, true)).toMatchObject({ type, nonRetryable: true, message: long });
    }
  });

  test.each<[unknown, string]>([
    [new DestinationUnavailable('disk busy'), 'DestinationUnavailable'],
    [new Error('disk busy'), 'Unexpected'],
    ['disk busy', 'Unexpected'],
  ])('retries an outage, and what it does not know as a bug: %p', (error, type) => {
    expect(toActivityFailure(error, 50, true)).toMatchObject({
      type,
      nonRetryable: false,
      message: 'disk busy',
    });
  });

  test.each([
    new ZendeskError({ kind: 'forbidden' }, 'a proxy said no', true),
    new DestinationRefused('read-only during a failover', true),
  ])('tries again what may pass by itself, before an operator is called: %s', (error) => {
    const outcomes = [1, 2, 8, 9].map((attempt) => toActivityFailure(error, attempt, true).nonRetryable);
    expect(outcomes).toEqual([false, false, false, true]);
  });

  test('names an error that has no message', () => {
    const error = Object.assign(new Error(''), { name: 'DataCloneError' });
    expect(toActivityFailure(error, 1, true)).toMatchObject({
      type: 'Unexpected',
      message: 'DataCloneError',
    });
  });

  test('shortens what it does not know: it may quote a row', () => {
    const { message } = toActivityFailure(new Error(`cannot store ${'x'.repeat(3_000_000)}`), 1, true);
    expect(message).toMatch(/^cannot store x+…$/);
    expect(message.length).toBeLessThan(350);
  });

  test('leaves causes and details behind', () => {
    const cause = new Error('row: secret');
    for (const error of [
      new Error('no', { cause }),
      Object.assign(new ZendeskError({ kind: 'refused' }, 'no'), { cause }),
    ]) {
      const failure = toActivityFailure(error, 1, true);
      expect(failure.cause).toBeUndefined();
      expect(failure.details ?? []).toEqual([]);
    }
  });
});
