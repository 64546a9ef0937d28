import { retryAfterSeconds } from '../../src/zendesk/retryAfter';

const DATE = 'Tue, 24 Nov 2026 10:00:00 GMT';

function secondsIn(
  retryAfter: string | null,
  date: string | null,
  more: Record<string, string> = {},
): number {
  const given = { 'retry-after': retryAfter, date, ...more };
  const headers = Object.entries(given).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as [string, string]],
  );
  return retryAfterSeconds(new Headers(headers));
}

const BUCKET = 'zendesk-ratelimit-incremental-exports';

describe('retryAfterSeconds', () => {
  test.each([
    ['27', 27],
    ['93', 93],
    [' 51 ', 51],
    ['0.2', 1],
    ['6.01', 7],
  ])('takes the seconds %j as they are, rounded up', (header, seconds) => {
    expect(secondsIn(header, DATE)).toBe(seconds);
  });

  test.each(['0', '0.0'])('waits a second for %j, so that it is no hot loop', (header) => {
    expect(secondsIn(header, null)).toBe(1);
  });

  test.each([null, '', '  ', '-5', 'soon', 'in 5', '1e3', '5s', 'NaN', 'Infinity', '2026-11-24', '0x10'])(
    'waits a whole window for the missing or unreadable %j',
    (header) => {
      expect(secondsIn(header, DATE)).toBe(60);
    },
  );

  test.each([
    ['Tue, 24 Nov 2026 10:00:42 GMT', 42],
    ['Tuesday, 24-Nov-26 10:01:30 GMT', 90],
  ])("measures the date %j from the answer's own, whatever the local clock says", (header, seconds) => {
    expect(secondsIn(header, DATE)).toBe(seconds);
  });

  test('measures a date from the local clock when the answer has none', () => {
    const soon = new Date(Date.now() + 1_800_000).toUTCString();
    for (const date of [null, 'garbage']) {
      expect(secondsIn(soon, date)).toBeGreaterThan(1700);
      expect(secondsIn(soon, date)).toBeLessThanOrEqual(1800);
    }
  });

  test('waits a second for a date that has passed', () => {
    expect(secondsIn('Tue, 24 Nov 2026 09:00:00 GMT', DATE)).toBe(1);
  });

  test.each(['99999999999', '9'.repeat(400), 'Tue, 24 Nov 2099 10:00:00 GMT'])(
    'asks again after an hour at the latest: %j',
    (header) => {
      expect(secondsIn(header, DATE)).toBe(3600);
    },
  );

  test.each<[Record<string, string>, number]>([
    [{ [BUCKET]: 'total=10; remaining=0; resets=7' }, 7],
    [{ 'zendesk-rate-limit-incremental-exports': 'total=10; remaining=0; resets=7' }, 7],
    [{ 'ratelimit-reset': '13' }, 13],
    [{ 'rate-limit-reset': '13' }, 13],
    // The export's quota is not what was used up.
    [{ [BUCKET]: 'total=10; remaining=4; resets=7', 'ratelimit-reset': '13' }, 13],
    [{ [BUCKET]: 'total=10; remaining=0; resets=nonsense' }, 60],
  ])('without Retry-After waits until the quota is full again: %j', (headers, seconds) => {
    expect(secondsIn(null, DATE, headers)).toBe(seconds);
    expect(secondsIn('soon', DATE, headers)).toBe(seconds);
    expect(secondsIn('3', DATE, headers)).toBe(3);
  });
});
