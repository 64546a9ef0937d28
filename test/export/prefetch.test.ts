import type { PageRequest } from '../../src/contract/page';
import { Prefetch } from '../../src/export/prefetch';
import type { FetchedPage } from '../../src/zendesk/client';

const EMPTY: FetchedPage = {
  page: {
    tickets: [],
    rejected: [],
    sideloads: new Map(),
    endTime: null,
    afterCursor: null,
    endOfStream: true,
  },
  bytes: 2,
  quota: null,
  askedAt: 0,
  answeredAt: 0,
  requests: 1,
};

function pageAt(startTime: number): PageRequest {
  return {
    subdomain: 'acme',
    key: { exportId: 'export', epoch: 0, page: startTime },
    range: 0,
    position: { endpoint: 'time', startTime },
    perPage: 1000,
    include: [],
    supportTypeScope: 'all',
    excludeDeleted: false,
  };
}

const never = new AbortController().signal;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('a page that was asked for in time costs no later one its place', async () => {
  const prefetch = new Prefetch();
  const stops: AbortSignal[] = [];
  for (let startTime = 1; startTime <= 5; startTime += 1) {
    prefetch.start(pageAt(startTime), async (stop) => {
      stops.push(stop);
      return EMPTY;
    });
    jest.advanceTimersByTime(6000);
    await expect(prefetch.take(pageAt(startTime), never)).resolves.toBe(EMPTY);
  }
  expect(stops.map(({ aborted }) => aborted)).toEqual([false, false, false, false, false]);
  expect(prefetch.countDropped('export')).toBe(0);
});

test('a page that nobody asks for is dropped after a while, and counted once', () => {
  const dropped: string[] = [];
  const prefetch = new Prefetch((subdomain) => dropped.push(subdomain));
  const stops: AbortSignal[] = [];
  prefetch.start(pageAt(1), async (stop) => {
    stops.push(stop);
    return EMPTY;
  });
  jest.advanceTimersByTime(9000);
  expect(stops[0]?.aborted).toBe(false);
  jest.advanceTimersByTime(60_000);
  expect(stops[0]?.aborted).toBe(true);
  expect(prefetch.take(pageAt(1), never)).toBeUndefined();
  expect(dropped).toEqual(['acme']);
  expect(prefetch.countDropped('export')).toBe(1);
  expect(prefetch.countDropped('export')).toBe(0);
});
