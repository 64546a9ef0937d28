import { closeAll, get, simulate } from './reader';

afterEach(closeAll);

const time = '/api/v2/incremental/tickets?start_time=0';
const cursor = '/api/v2/incremental/tickets/cursor?start_time=0';
const bucket = 'zendesk-ratelimit-incremental-exports';

describe('export quota', () => {
  test('is one bucket for the time and the cursor export, shown on every answer', async () => {
    const simulator = await simulate({ quota: { perMinute: 3 } });
    const shown: (string | null)[] = [];
    for (const path of [time, cursor, time, cursor])
      shown.push((await get(simulator, path)).headers.get(bucket));
    expect(shown).toEqual([
      'total=3; remaining=2; resets=60',
      'total=3; remaining=1; resets=60',
      'total=3; remaining=0; resets=60',
      'total=3; remaining=0; resets=60',
    ]);
  });

  test('answers 429 with the logged body and Retry-After when it is used up', async () => {
    const simulator = await simulate({ quota: { perMinute: 1 } });
    await get(simulator, time);
    simulator.advance(12.3);
    const refused = await get(simulator, time);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('48');
    expect(await refused.json()).toEqual({
      error: 'APIRateLimitExceeded',
      description: 'Number of allowed incremental export API requests per minute exceeded',
    });
  });

  test('rounds the seconds to its reset up, so that waiting them is enough', async () => {
    const simulator = await simulate({ quota: { perMinute: 1 } });
    await get(simulator, time);
    simulator.advance(0.4);
    const refused = await get(simulator, time);
    expect(refused.headers.get(bucket)).toBe('total=1; remaining=0; resets=60');
    simulator.advance(Number(refused.headers.get('retry-after')));
    expect((await get(simulator, time)).status).toBe(200);
  });

  test('has a fixed window that begins with its first request', async () => {
    const simulator = await simulate({ quota: { perMinute: 2 } });
    await get(simulator, time);
    simulator.advance(50);
    await get(simulator, time);
    simulator.advance(9.9);
    expect((await get(simulator, time)).status).toBe(429);
    simulator.advance(0.1);
    expect((await get(simulator, time)).headers.get(bucket)).toBe('total=2; remaining=1; resets=60');
  });

  test('can have another window, no header and no Retry-After', async () => {
    const quota = { perMinute: 1, windowSeconds: 5, header: false, retryAfter: false };
    const simulator = await simulate({ quota });
    expect((await get(simulator, time)).headers.get(bucket)).toBeNull();
    const refused = await get(simulator, time);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBeNull();
    simulator.advance(5);
    expect((await get(simulator, time)).status).toBe(200);
  });

  test('does not count what is no export, and without a quota there is no limit and no bucket header', async () => {
    const limited = await simulate({ quota: { perMinute: 1 } });
    for (let request = 0; request < 5; request += 1) await get(limited, '/api/v2/users/me.json');
    expect((await get(limited, time)).status).toBe(200);
    const unlimited = await simulate();
    for (let request = 0; request < 30; request += 1) expect((await get(unlimited, time)).status).toBe(200);
    expect((await get(unlimited, time)).headers.get(bucket)).toBeNull();
  });
});

describe('quota of the other streams', () => {
  const users = '/api/v2/incremental/users/cursor?start_time=0';

  test('is 20 a minute for the cursor export of users, beside that of the others', async () => {
    const simulator = await simulate({ quota: { perMinute: 2 } });
    const answer = await get(simulator, users);
    expect(answer.headers.get(`${bucket}-cursor`)).toBe('total=20; remaining=19; resets=60');
    expect(answer.headers.get(bucket)).toBeNull();
    expect((await get(simulator, time)).headers.get(bucket)).toBe('total=2; remaining=1; resets=60');
  });

  test('can be another one, and is refused as the others when it is used up', async () => {
    const simulator = await simulate({ quota: { perMinute: 2, usersPerMinute: 1 } });
    expect((await get(simulator, users)).status).toBe(200);
    const refused = await get(simulator, users);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('60');
  });

  test.each([
    'organizations?',
    'ticket_events?',
    'ticket_metric_events?',
    'ticket_metric_events?page[size]=10&',
    'users?',
  ])('is that of the tickets for %s', async (path) => {
    const simulator = await simulate({ quota: { perMinute: 2 } });
    await get(simulator, time);
    const answer = await get(simulator, `/api/v2/incremental/${path}start_time=0`);
    expect(answer.headers.get(bucket)).toBe('total=2; remaining=0; resets=60');
  });
});

describe('export quota and faults', () => {
  test('counts a request whose answer is lost on its way', async () => {
    const simulator = await simulate({ quota: { perMinute: 2 } });
    simulator.fault({ kind: 'reset' });
    await expect(get(simulator, time)).rejects.toThrow();
    expect((await get(simulator, time)).headers.get(bucket)).toBe('total=2; remaining=0; resets=60');
  });
});
