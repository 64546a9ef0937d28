import type { Destination } from '../../src/destinations/destination';
import { LeasedDestination } from '../../src/destinations/lease';

/** A destination that says when it is closed; the real ones are in the other files. */
function recording(): { destination: Destination; closed: () => number } {
  let count = 0;
  return {
    destination: {
      prepare: async () => [],
      write: async () => ({ unstorable: 0, swept: 0 }),
      checkpoint: async () => undefined,
      quarantined: async () => [],
      describeFields: async () => [],
      makeViews: async () => null,
      close: async () => {
        count += 1;
      },
    },
    closed: () => count,
  };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const use = async (lease: LeasedDestination): Promise<unknown> => lease.use(async (store) => store.prepare());

test('keeps the destination open from one page to the next', async () => {
  const { destination, closed } = recording();
  const lease = new LeasedDestination(destination);
  for (let number = 0; number < 5; number += 1) {
    await use(lease);
    jest.advanceTimersByTime(500);
  }
  expect(closed()).toBe(0);
});

test('closes it once, a moment after the last use', async () => {
  const { destination, closed } = recording();
  const lease = new LeasedDestination(destination);
  await use(lease);
  jest.advanceTimersByTime(1000);
  expect(closed()).toBe(1);
  jest.advanceTimersByTime(60_000);
  expect(closed()).toBe(1);
  await use(lease);
  jest.advanceTimersByTime(1000);
  expect(closed()).toBe(2);
});

test('never closes it while any page uses it, and counts a page that failed as done', async () => {
  const { destination, closed } = recording();
  const lease = new LeasedDestination(destination);
  let finish = (): void => undefined;
  const slow = lease.use(
    async () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
  );
  await expect(lease.use(async () => Promise.reject(new Error('page failed')))).rejects.toThrow(
    'page failed',
  );
  jest.advanceTimersByTime(60_000);
  expect(closed()).toBe(0);
  finish();
  await slow;
  jest.advanceTimersByTime(1000);
  expect(closed()).toBe(1);
});

test('survives a destination that cannot be closed', async () => {
  const { destination } = recording();
  const lease = new LeasedDestination({
    ...destination,
    close: async () => Promise.reject(new Error('connection lost')),
  });
  await use(lease);
  await jest.advanceTimersByTimeAsync(1000);
  await use(lease);
});

test('leaves one open that keeps nobody out, until it is closed', async () => {
  const { destination, closed } = recording();
  const lease = new LeasedDestination({ ...destination, isShareable: true });
  await lease.use(
    async (store) => store.prepare(),
    () => true,
  );
  jest.advanceTimersByTime(60_000);
  expect(closed()).toBe(0);
  await lease.close();
  expect(closed()).toBe(1);
});
