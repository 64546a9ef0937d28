import { quotaUse } from '../../src/bench/quota';

const request = (at: number, status = 200) => ({
  at,
  status,
  method: 'GET',
  path: '/api/v2/incremental/tickets',
  query: '',
});

describe('the use of a quota', () => {
  test('is whole when a minute holds as many requests as it may', () => {
    const requests = [0, 1, 2, 60, 61, 62, 120].map((second) => request(second));
    expect(quotaUse(requests, 3).used).toBe(1);
  });

  test('is half when that takes twice as long', () => {
    const requests = [0, 40, 80, 120].map((second) => request(second));
    expect(quotaUse(requests, 3).used).toBe(0.5);
  });

  test('is known of less than a minute that is full', () => {
    const requests = [0, 30, 60].map((second) => request(second));
    expect(quotaUse(requests, 10).used).toBe(0.2);
  });

  test('counts a request that is under way', () => {
    const requests = [request(0), request(1), request(60, 0)];
    expect(quotaUse(requests, 2).used).toBe(1);
  });

  test('counts what was refused once the server has shown its quota, and only exports', () => {
    const requests = [request(0), request(1, 429), request(70, 429), { ...request(80, 429), path: '/other' }];
    expect(quotaUse(requests, 10).refusedAfterFirstMinute).toBe(1);
  });
});
