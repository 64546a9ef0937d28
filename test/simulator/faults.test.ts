import type { FaultSpec, Simulator } from '../../src/simulator';
import { closeAll, cursorPage, get, getJson, now, simulate, timePage } from './reader';

afterEach(closeAll);

const path = '/api/v2/incremental/tickets?start_time=0';

/** What an export request comes to: its status, or the fact that it failed. */
async function outcome(simulator: Simulator): Promise<number | 'failed' | 'not JSON'> {
  try {
    const response = await get(simulator, path);
    const body = await response.text();
    try {
      JSON.parse(body);
    } catch {
      return 'not JSON';
    }
    return response.status;
  } catch {
    return 'failed';
  }
}

async function outcomes(simulator: Simulator, count: number): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let request = 0; request < count; request += 1) all.push(await outcome(simulator));
  return all;
}

describe('faults on demand', () => {
  test('strike the next export request once, or as often as they say, oldest first', async () => {
    const simulator = await simulate();
    simulator.fault({ kind: 'status', status: 500, times: 2 });
    simulator.fault({ kind: 'status', status: 503, body: 'errors' });
    expect(await outcomes(simulator, 4)).toEqual([500, 500, 503, 200]);
  });

  test('leave other paths alone unless their scope says so', async () => {
    const simulator = await simulate();
    simulator.fault({ kind: 'status', status: 500 });
    expect((await get(simulator, '/api/v2/users/me')).status).toBe(200);
    simulator.fault({ kind: 'status', status: 502, scope: 'others' });
    expect((await get(simulator, '/api/v2/users/me')).status).toBe(502);
    expect(await outcomes(simulator, 2)).toEqual([500, 200]);
  });

  test('can be limited to one stream by its path, on either endpoint', async () => {
    const simulator = await simulate();
    simulator.fault({ kind: 'status', status: 500, path: '/api/v2/incremental/users', times: 'always' });
    const status = async (of: string): Promise<number> =>
      (await get(simulator, `/api/v2/incremental/${of}?start_time=0`)).status;
    expect(await status('users')).toBe(500);
    expect(await status('users.json')).toBe(500);
    expect(await status('users/cursor')).toBe(500);
    expect(await status('organizations')).toBe(200);
    simulator.fault({ kind: 'status', status: 502, path: '/api/v2/incremental/ticket', times: 'always' });
    expect(await status('ticket_events')).toBe(200);
  });

  test('strike for ever by predicate, until they are cleared', async () => {
    const simulator = await simulate();
    simulator.fault({ kind: 'status', status: 500, matches: ({ position }) => position === 0 });
    expect((await get(simulator, '/api/v2/incremental/tickets?start_time=1')).status).toBe(200);
    expect(await outcomes(simulator, 3)).toEqual([500, 500, 500]);
    simulator.clearFaults();
    expect(await outcome(simulator)).toBe(200);
  });

  test.each([
    ['error', 'application/json', '{"error":"InternalError"'],
    ['errorObject', 'application/json', '{"error":{"title"'],
    ['errors', 'application/json', '{"errors":[{"code"'],
    ['oauth', 'application/json', '{"error":"invalid_request","error_description"'],
    ['statusError', 'application/json', '{"status":500,"error"'],
    ['text', 'text/plain', 'Simulated failure'],
    ['html', 'text/html', '<html>'],
    ['empty', 'text/html', ''],
  ] as const)('can have a body of the shape "%s"', async (body, type, start) => {
    const simulator = await simulate();
    simulator.fault({ kind: 'status', status: 500, body });
    const response = await get(simulator, path);
    expect(response.headers.get('content-type')).toContain(type);
    expect((await response.text()).startsWith(start)).toBe(true);
  });

  test('throttle with and without Retry-After, and 503 with one', async () => {
    const simulator = await simulate();
    simulator.fault({ kind: 'throttle', retryAfter: 93 });
    simulator.fault({ kind: 'throttle' });
    simulator.fault({ kind: 'status', status: 503, body: 'text', retryAfter: 7 });
    const answers = [await get(simulator, path), await get(simulator, path), await get(simulator, path)];
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 503]);
    expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual(['93', null, '7']);
  });

  test.each<[string, FaultSpec, unknown]>([
    ['a reset before the answer', { kind: 'reset' }, 'failed'],
    ['a reset in the middle of the body', { kind: 'reset', point: 'midBody' }, 'failed'],
    ['JSON that is cut', { kind: 'truncate' }, 'not JSON'],
    ['HTML with status 200', { kind: 'html200' }, 'not JSON'],
    ['an upstream timeout', { kind: 'upstreamTimeout', perPageAbove: 999, times: 1 }, 'not JSON'],
  ])('can be %s, after which the same request succeeds', async (_, fault, expected) => {
    const simulator = await simulate();
    simulator.fault(fault);
    expect(await outcomes(simulator, 2)).toEqual([expected, 200]);
  });

  test('stall before the answer or in its middle, and closing ends the stall', async () => {
    const simulator = await simulate();
    for (const point of ['before', 'midBody'] as const) {
      simulator.fault({ kind: 'stall', point });
      const aborted = fetch(`${simulator.url}${path}`, {
        headers: { authorization: 'Bearer any' },
        signal: AbortSignal.timeout(100),
      }).then((response) => response.text());
      await expect(aborted).rejects.toThrow();
    }
    expect(simulator.requests.map(({ status }) => status)).toEqual([0, 0]);
    simulator.fault({ kind: 'stall' });
    const left = outcome(simulator);
    while (simulator.requests.length < 3) await new Promise(setImmediate);
    await simulator.close();
    expect(await left).toBe('failed');
  });

  test('slow an answer down by so many milliseconds', async () => {
    const simulator = await simulate();
    simulator.fault({ kind: 'slow', ms: 60 });
    const begun = performance.now();
    expect(await outcome(simulator)).toBe(200);
    expect(performance.now() - begun).toBeGreaterThan(55);
  });

  test('time out pages over a size, only inside a region of time when one is given', async () => {
    const simulator = await simulate();
    simulator.fault({ kind: 'upstreamTimeout', perPageAbove: 100, fromTime: 1000, toTime: 2000 });
    const status = async (query: string): Promise<number> =>
      (await get(simulator, `/api/v2/incremental/tickets?${query}`)).status;
    expect(await status('start_time=1500')).toBe(504);
    expect(await status('start_time=1500&per_page=101')).toBe(504);
    expect(await status('start_time=1500&per_page=100')).toBe(200);
    expect(await status('start_time=999')).toBe(200);
    expect(await status('start_time=2000')).toBe(200);
  });

  test('can send next_page and after_url to another host', async () => {
    const simulator = await simulate();
    simulator.fault({ kind: 'wrongHost', host: 'evil.example', times: 2 });
    expect((await timePage(simulator, 'start_time=0')).next_page).toMatch(
      /^https:\/\/evil\.example\/api\/v2\//,
    );
    expect((await cursorPage(simulator, 'start_time=0')).after_url).toMatch(
      /^https:\/\/evil\.example\/api\/v2\//,
    );
    expect((await timePage(simulator, 'start_time=0')).next_page).toContain(simulator.url);
  });

  test('can let end_time go backwards before the end of the stream', async () => {
    const simulator = await simulate();
    simulator.fault({ kind: 'endTimeBackwards', seconds: 10 });
    expect(await timePage(simulator, 'start_time=500')).toMatchObject({
      end_time: 490,
      end_of_stream: false,
    });
  });

  test('can give a cursor back unchanged, or none, before the end of the stream', async () => {
    const simulator = await simulate();
    const cursor = (await cursorPage(simulator, 'start_time=0&per_page=10')).after_cursor ?? '';
    const query = `cursor=${encodeURIComponent(cursor)}`;
    simulator.fault({ kind: 'cursorStuck' });
    expect(await cursorPage(simulator, query)).toMatchObject({ after_cursor: cursor, end_of_stream: false });
    simulator.fault({ kind: 'cursorMissing' });
    expect(await cursorPage(simulator, query)).toMatchObject({
      after_cursor: null,
      after_url: null,
      end_of_stream: false,
    });
  });

  test('can put fewer records on a page than were asked for, before the end of the stream', async () => {
    const simulator = await simulate();
    const whole = await timePage(simulator, 'start_time=0&per_page=30');
    simulator.fault({ kind: 'shortPage' });
    const short = await timePage(simulator, 'start_time=0&per_page=30');
    expect(short.end_of_stream).toBe(false);
    expect(short.tickets).toEqual(whole.tickets.slice(0, 10));
    expect(short.end_time).toBe(short.tickets[9]?.generated_timestamp);
  });

  test('can say "too recent" in the three recorded forms', async () => {
    const simulator = await simulate();
    for (const form of ['400', '422', '422text'] as const) simulator.fault({ kind: 'tooRecent', form });
    expect(await getJson(simulator, path)).toMatchObject({
      errors: [{ code: 'StartTimeTooRecent', status: '400' }],
    });
    expect(await getJson(simulator, path)).toMatchObject({ error: 'InvalidValue' });
    const text = await get(simulator, path);
    expect(text.status).toBe(422);
    expect(await text.text()).toMatch(/^Too recent start_time/);
  });
});

describe('faults with a probability', () => {
  test('strike the same requests for the same seed', async () => {
    const runs: unknown[][] = [];
    for (const seed of [7, 7, 8]) {
      const simulator = await simulate({ tickets: 5, seed });
      simulator.fault({ kind: 'status', status: 500, probability: 0.2 });
      for (const kind of ['reset', 'truncate', 'html200'] as const)
        simulator.fault({ kind, probability: 0.1 });
      runs.push(await outcomes(simulator, 60));
    }
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]).not.toEqual(runs[2]);
    expect(new Set(runs[0])).toEqual(new Set([200, 500, 'failed', 'not JSON']));
  });
});

describe('request log', () => {
  test('keeps method, path, query, status, time and the parsed position of every request', async () => {
    const simulator = await simulate();
    simulator.fault({ kind: 'reset' });
    await outcome(simulator);
    simulator.advance(5);
    await timePage(simulator, 'start_time=7&per_page=50');
    expect(simulator.requests).toMatchObject([
      {
        method: 'GET',
        path: '/api/v2/incremental/tickets',
        query: 'start_time=0',
        status: 0,
        at: now,
        startTime: 0,
      },
      { status: 200, at: now + 5, startTime: 7, perPage: 50 },
    ]);
  });
});
