import type { PageRequest } from '../../src/contract/page';
import { NO_BOUNDARY } from '../../src/export/boundary';
import { Prefetch } from '../../src/export/prefetch';
import type { FetchedPage, ZendeskClient } from '../../src/zendesk/client';
import type { Fate } from '../property/drive';
import { expectTruth } from '../property/truth';
import { closeStages, stage } from './stage';

afterEach(closeStages);

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

function start(prefetch: Prefetch, startTime: number): AbortSignal[] {
  const stops: AbortSignal[] = [];
  const zendesk: Pick<ZendeskClient, 'exportPage'> = {
    exportPage: async (_, stop) => {
      stops.push(stop);
      return EMPTY;
    },
  };
  prefetch.start(zendesk, pageAt(startTime));
  return stops;
}

describe('a page on its way', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test('a page that was asked for in time costs no later one its place', async () => {
    const prefetch = new Prefetch();
    for (let startTime = 1; startTime <= 5; startTime += 1) {
      const [stop] = start(prefetch, startTime);
      prefetch.wrote(pageAt(startTime - 1), NO_BOUNDARY);
      jest.advanceTimersByTime(6000);
      await expect(prefetch.take(pageAt(startTime), never)).resolves.toBe(EMPTY);
      expect(stop?.aborted).toBe(false);
    }
    expect(prefetch.countDropped('export')).toBe(0);
  });

  test('a slow write costs no page on its way', async () => {
    const prefetch = new Prefetch();
    const [stop] = start(prefetch, 2);
    jest.advanceTimersByTime(600_000);
    prefetch.wrote(pageAt(1), NO_BOUNDARY);
    jest.advanceTimersByTime(1000);
    await expect(prefetch.take(pageAt(2), never)).resolves.toBe(EMPTY);
    expect(stop?.aborted).toBe(false);
    expect(prefetch.countDropped('export')).toBe(0);
  });

  test('a page that nobody asks for is dropped a while after the one before was written, and counted once', () => {
    const dropped: string[] = [];
    const prefetch = new Prefetch((subdomain) => dropped.push(subdomain));
    const [stop] = start(prefetch, 2);
    prefetch.wrote(pageAt(1), NO_BOUNDARY);
    jest.advanceTimersByTime(9000);
    expect(stop?.aborted).toBe(false);
    jest.advanceTimersByTime(60_000);
    expect(stop?.aborted).toBe(true);
    expect(prefetch.take(pageAt(2), never)).toBeUndefined();
    expect(dropped).toEqual(['acme']);
    expect(prefetch.countDropped('export')).toBe(1);
    expect(prefetch.countDropped('export')).toBe(0);
  });
});

test('while writing fails, a retry costs one request, and only the first attempt one for the page ahead', async () => {
  const { simulator, destination, start } = await stage();
  const fates: Fate[] = ['lives', 'diesBeforeWriting', 'diesBeforeWriting', 'diesBeforeWriting'];
  const drive = start({ perPage: 20 }, { prefetch: true, fates: () => fates.shift() ?? 'lives' });
  expect(await drive.run()).toBe('end');
  expectTruth(destination, simulator);
  // Counted, too, when it was given up before it was sent.
  expect(drive.status.requests).toBe(drive.pages.length + 3 + 1);
});
