import { block } from '../../workflows/blocked';
import { initialState } from '../../workflows/state';
import type { Block } from '../../workflows/streamState';

const NOW = 1_750_000_000_000;
const MINUTE = 60_000;
const AT = '2025-06-15T15:06:40Z';
const problem = { type: 'Forbidden', message: 'no', at: AT, since: AT, attempts: 1 };

/** What blocks after another failure of the preparation. */
function blockedBy(failure: typeof problem, before: Block | null, now: number): Block {
  const { blocked } = block({ ...initialState(NOW), blocked: before }, null, failure, now);
  if (blocked === null) throw new Error('not blocked');
  return blocked;
}

/** Looks again and again for so long, and nothing has changed. */
function lookFor(minutes: number): number[] {
  let blocked: Block | null = null;
  let now = NOW;
  const pauses = [];
  while (now < NOW + minutes * MINUTE) {
    blocked = blockedBy(problem, blocked, now);
    pauses.push((blocked.lookAt - now) / MINUTE);
    now = blocked.lookAt;
  }
  return pauses;
}

test('what blocks is looked at again within minutes, in the first hour every few', () => {
  const pauses = lookFor(60);
  expect(pauses[0]).toBe(1);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(10);
});

test('after hours it is looked at once an hour, so that a month costs some thousand events', () => {
  const pauses = lookFor(30 * 24 * 60);
  expect(Math.max(...pauses)).toBe(60);
  // A look is a timer and an activity: eleven events.
  expect(pauses.length * 11).toBeLessThan(9000);
});

test('the same again lasts since it began; something else is new', () => {
  const first = blockedBy(problem, null, NOW);
  const later = { ...problem, at: '2025-06-15T16:00:00Z', since: '2025-06-15T16:00:00Z', attempts: 5 };
  expect(blockedBy(later, first, NOW + MINUTE)).toMatchObject({
    ...later,
    since: AT,
    looks: 1,
    beganAt: NOW,
  });
  const other = { ...later, type: 'DestinationRefused' };
  expect(blockedBy(other, first, NOW + MINUTE)).toMatchObject({
    ...other,
    looks: 0,
    beganAt: NOW + MINUTE,
  });
});
