import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { handOver, workerLost } from '../../activities/handOver';

const outage = ApplicationFailure.create({
  type: 'ZendeskUnavailable',
  message: 'down',
  nextRetryDelay: 1000,
});

/** Which of the attempts that fail are handed to the workflow, if each begins where the last handed one ended. */
function reported(attempts: number): number[] {
  return Array.from({ length: attempts }, (_, index) => index + 1).filter((attempt) => {
    const failure = handOver(outage, attempt);
    if (failure === outage) return false;
    expect(failure).toMatchObject({
      type: 'ZendeskUnavailable',
      message: 'down',
      nonRetryable: true,
      details: [{ attempts: attempt, passes: true }],
    });
    return true;
  });
}

test('of an outage the workflow hears within seconds, then more and more rarely', () => {
  expect(reported(70)).toEqual([3, 6, 9, 21, 45, 69]);
});

test('a day of an outage costs less than a hundred and fifty events', () => {
  // The first nine within ten minutes, then one every five minutes; an activity is six events and a half.
  expect(reported(9 + 24 * 12).length * 6.5).toBeLessThan(150);
});

test('what only people can correct is handed over at once, with the number of attempts', () => {
  const refused = ApplicationFailure.nonRetryable('no', 'Forbidden');
  expect(handOver(refused, 7)).toMatchObject({
    type: 'Forbidden',
    nonRetryable: true,
    details: [{ attempts: 7, passes: false }],
  });
});

test('a long wait that Zendesk asks for is handed over at once, as something expected', () => {
  const throttled = (seconds: number): ApplicationFailure =>
    ApplicationFailure.create({
      type: 'Throttled',
      message: 'wait',
      nextRetryDelay: seconds * 1000,
      category: ApplicationFailureCategory.BENIGN,
    });
  expect(handOver(throttled(60), 1).nonRetryable).not.toBe(true);
  expect(handOver(throttled(3600), 1)).toMatchObject({
    nonRetryable: true,
    category: ApplicationFailureCategory.BENIGN,
    details: [{ attempts: 1, passes: true, retryAfterMs: 3_600_000 }],
  });
});

test('workers that die with their attempts are noticed by the attempt that does not', () => {
  expect(workerLost(0, 1)).toBeUndefined();
  expect(workerLost(0, 3)).toBeUndefined();
  expect(workerLost(0, 4)).toMatchObject({ type: 'WorkerLost', details: [{ attempts: 3, passes: true }] });
  expect(workerLost(3, 1)).toBeUndefined();
  expect(workerLost(3, 5)).toMatchObject({ details: [{ attempts: 7 }] });
});
