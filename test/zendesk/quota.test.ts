import { quotaOf } from '../../src/zendesk/quota';

const VALUE = 'total=10; remaining=9; resets=6';
const QUOTA = { total: 10, remaining: 9, resetsInSeconds: 6 };

describe('quotaOf', () => {
  test.each(['zendesk-ratelimit-incremental-exports', 'Zendesk-Rate-Limit-Incremental-Exports'])(
    'reads the bucket from %s',
    (name) => {
      expect(quotaOf(new Headers({ [name]: VALUE }), 'export')).toEqual(QUOTA);
    },
  );

  test.each([
    'total=10;remaining=9;resets=6',
    ' Total = 10 ; Remaining = 9 ; Resets = 6 ',
    'resets=6; remaining=9; total=10; window=60',
    `${VALUE}, ${VALUE}`,
  ])('reads %j', (value) => {
    expect(quotaOf(new Headers({ 'zendesk-ratelimit-incremental-exports': value }), 'export')).toEqual(QUOTA);
  });

  test('reads an exhausted bucket', () => {
    const value = 'total=10; remaining=0; resets=0';
    expect(quotaOf(new Headers({ 'zendesk-ratelimit-incremental-exports': value }), 'export')).toEqual({
      total: 10,
      remaining: 0,
      resetsInSeconds: 0,
    });
  });

  test.each([
    '',
    '10',
    'total=10; remaining=9',
    'total=10; remaining=; resets=6',
    'total=x; remaining=9; resets=6',
  ])('shows nothing rather than a guess for %j', (value) => {
    expect(quotaOf(new Headers({ 'zendesk-ratelimit-incremental-exports': value }), 'export')).toBeNull();
  });

  test('takes the readable spelling when the other is broken', () => {
    const headers = {
      'zendesk-ratelimit-incremental-exports': 'garbage',
      'zendesk-rate-limit-incremental-exports': VALUE,
    };
    expect(quotaOf(new Headers(headers), 'export')).toEqual(QUOTA);
  });

  test("takes neither the account's limit nor another endpoint's for the export's", () => {
    const headers = {
      'x-rate-limit': '700',
      'x-rate-limit-remaining': '699',
      'ratelimit-limit': '700',
      'ratelimit-remaining': '699',
      'ratelimit-reset': '42',
      'rate-limit': '700',
      'rate-limit-remaining': '699',
      'rate-limit-reset': '42',
      'zendesk-ratelimit-incremental-exports-cursor': 'total=20; remaining=19; resets=6',
      'zendesk-ratelimit-tickets-index': 'total=100; remaining=99; resets=6',
    };
    expect(quotaOf(new Headers(headers), 'export')).toBeNull();
  });
});
