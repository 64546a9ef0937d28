import { changeAtRandom, SERVED, startSimulator, type Simulator } from '../../src/simulator';
import { networkInterfaces } from 'node:os';
import { Help } from '../../src/command';
import { USAGE, readArguments } from '../../src/simulator/arguments';
import { closeAll, get, ids, now, simulate, timePage } from './reader';

afterEach(closeAll);

const post = (simulator: Simulator, path: string, body: unknown): Promise<Response> =>
  fetch(`${simulator.url}${path}`, { method: 'POST', body: JSON.stringify(body) });

describe('control interface', () => {
  test('tells the truth as NDJSON, one line for the newest version of each ticket', async () => {
    const simulator = await simulate({ tickets: 5000 });
    simulator.delete(7);
    const lines = (await (await fetch(`${simulator.url}/simulator/truth`)).text()).trimEnd().split('\n');
    expect(lines).toHaveLength(5000);
    expect(JSON.parse(lines[6] ?? '')).toMatchObject({ id: 7, generated_timestamp: now, status: 'deleted' });
  });

  test('counts the requests, its own excepted', async () => {
    const simulator = await simulate({ quota: { perMinute: 1 } });
    await timePage(simulator, 'start_time=0');
    await timePage(simulator, 'start_time=0');
    await get(simulator, '/api/v2/users/me');
    expect(await (await fetch(`${simulator.url}/simulator/requests`)).json()).toEqual({
      total: 3,
      exports: 2,
      byStream: { tickets: 2 },
      byStatus: { 200: 2, 429: 1 },
      throttled: 1,
    });
  });

  test('adds and clears faults, and says what is wrong with a bad one', async () => {
    const simulator = await simulate();
    const fault = { kind: 'status', status: 500, times: 'always' };
    expect((await post(simulator, '/simulator/faults', fault)).status).toBe(200);
    expect((await get(simulator, '/api/v2/incremental/tickets?start_time=0')).status).toBe(500);
    await fetch(`${simulator.url}/simulator/faults`, { method: 'DELETE' });
    expect((await get(simulator, '/api/v2/incremental/tickets?start_time=0')).status).toBe(200);
    const refused = await post(simulator, '/simulator/faults', {
      kind: 'status',
      status: 200,
      colour: 'red',
    });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toMatch(/status.*colour|colour.*status/s);
  });

  test('tells other machines what it knows, and takes orders from this one alone', async () => {
    const elsewhere = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.family === 'IPv4' && !one.internal);
    const simulator = await simulate({ host: '0.0.0.0' });
    expect(simulator.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect((await fetch(`${simulator.url}/simulator/requests`)).status).toBe(200);
    // A machine without a network has nowhere else to ask from.
    if (elsewhere === undefined) return;
    const url = simulator.url.replace('127.0.0.1', elsewhere.address);
    expect((await fetch(`${url}/simulator/requests`)).status).toBe(200);
    expect((await fetch(`${url}/simulator/faults`, { method: 'DELETE' })).status).toBe(404);
    expect((await fetch(`${simulator.url}/simulator/faults`, { method: 'DELETE' })).status).toBe(200);
  });

  test('updates tickets', async () => {
    const simulator = await simulate();
    expect((await post(simulator, '/simulator/update', { ids: [4, 2], at: now - 100 })).status).toBe(200);
    expect(ids(await timePage(simulator, `start_time=${now - 100}`)).sort()).toEqual([2, 4]);
    expect((await post(simulator, '/simulator/update', { ids: [999] })).status).toBe(400);
  });
});

describe('control interface of streams', () => {
  test('tells the truth of any stream as NDJSON, and refuses one that there is not', async () => {
    const simulator = await simulate();
    for (const stream of SERVED) {
      const lines = (
        await (await fetch(`${simulator.url}/simulator/truth?stream=${stream}`)).text()
      ).trimEnd();
      expect(lines.split('\n').map((line) => JSON.parse(line) as unknown)).toEqual(
        [...simulator.truthOf(stream).values()].map(({ id, version, deleted }) => ({ id, version, deleted })),
      );
    }
    expect((await fetch(`${simulator.url}/simulator/truth?stream=chats`)).status).toBe(400);
  });

  test('counts the requests by stream', async () => {
    const simulator = await simulate();
    for (const path of ['users', 'users/cursor', 'ticket_metric_events.json'])
      await get(simulator, `/api/v2/incremental/${path}?start_time=0`);
    for (const path of ['groups', 'users/me']) await get(simulator, `/api/v2/${path}`);
    expect(await (await fetch(`${simulator.url}/simulator/requests`)).json()).toMatchObject({
      total: 5,
      exports: 3,
      byStream: { users: 2, ticket_metric_events: 1, groups: 1 },
    });
  });

  test('changes, removes, restores and adds records, and refuses a stream', async () => {
    const simulator = await simulate();
    const [id = 0] = simulator.truthOf('organizations').keys();
    const stream = 'organizations';
    for (const [how, deleted] of [
      ['remove', true],
      ['restore', false],
      ['change', false],
    ] as const) {
      expect(
        (await post(simulator, '/simulator/change', { stream, how, ids: [id], at: now - 100 })).status,
      ).toBe(200);
      expect(simulator.truthOf(stream).get(id)).toMatchObject({ version: now - 100, deleted });
    }
    const added = (await (await post(simulator, '/simulator/add', { stream, count: 2 })).json()) as {
      ids: number[];
    };
    expect(added.ids).toEqual([...simulator.truthOf(stream).keys()].slice(-2));
    expect((await post(simulator, '/simulator/unavailable', { stream, status: 404 })).status).toBe(200);
    expect((await get(simulator, '/api/v2/incremental/organizations?start_time=0')).status).toBe(404);
    expect((await post(simulator, '/simulator/unavailable', { stream, status: null })).status).toBe(200);
    expect((await get(simulator, '/api/v2/incremental/organizations?start_time=0')).status).toBe(200);
    expect((await post(simulator, '/simulator/change', { stream, how: 'change', ids: [1] })).status).toBe(
      400,
    );
  });
});

describe('control interface of lists', () => {
  test('tells what else records are known by, and makes quiet changes', async () => {
    const simulator = await simulate();
    for (const stream of ['tags', 'schedule_holidays', 'views'] as const) {
      const [record] = simulator.truthOf(stream).values();
      const { id = 0, version, keys } = record ?? {};
      const before = record?.json();
      const change = { stream, how: 'change', ids: [id], quietly: true };
      expect((await post(simulator, '/simulator/change', change)).status).toBe(200);
      const lines = await (await fetch(`${simulator.url}/simulator/truth?stream=${stream}`)).text();
      expect(JSON.parse(lines.split('\n')[0] ?? '')).toEqual({ id, version, deleted: false, ...keys });
      expect(simulator.truthOf(stream).get(id)?.json()).not.toBe(before);
    }
  });
});

describe('command line', () => {
  test('reads its flags, with times in ISO 8601 or seconds', () => {
    const command = readArguments([
      ...['--port', '0', '--tickets', '10', '--quota', '10', '--no-retry-after', '--updates', '0.5'],
      ...['--burst', '2026-01-01T00:00:00Z=1500', '--burst', '1700000000=2', '--pinned', 'repeat'],
      ...['--users', '7', '--organizations', '0', '--burst', 'users:2026-01-01T00:00:00Z=3'],
      ...['--unavailable', 'users=403', '--unavailable', 'organizations=404'],
      ...['--list', 'tags=500', '--list', 'views=120', '--account-quota', '200', '--others', '50'],
      ...['--client-id', 'export', '--client-secret', 'hush'],
    ]);
    expect(command).toMatchObject({
      updatesPerSecond: 0.5,
      options: {
        port: 0,
        tickets: 10,
        quota: { perMinute: 10, header: true, retryAfter: false },
        pinned: 'repeat',
        burst: [
          { at: 1_767_225_600, tickets: 1500 },
          { at: 1_700_000_000, tickets: 2 },
          { at: 1_767_225_600, stream: 'users', records: 3 },
        ],
        users: 7,
        organizations: 0,
        unavailable: { users: 403, organizations: 404 },
        lists: { tags: 500, views: 120 },
        accountPerMinute: 200,
        othersPerMinute: 50,
        tokens: { clientId: 'export', clientSecret: 'hush' },
      },
    });
  });

  test.each([
    [['--colour', 'red'], /--colour.*--help/s],
    [['--tickets', 'many'], /--tickets must be a number/],
    [['--pinned', 'maybe'], /--pinned must be expand or repeat, not "maybe"/],
    [['--from', 'soon'], /--from must be ISO 8601 or Unix seconds/],
    [['--burst', '1700000000'], /--burst must be a number/],
    [['--burst', 'chats:1700000000=3'], /--burst must be tickets or users or .*, not "chats"/],
    [['--unavailable', 'users=500'], /--unavailable must be 403 or 404, not "500"/],
    [['--list', 'chats=5'], /--list must be groups or .*, not "chats"/],
    [['--custom-fields', '2.5'], /--custom-fields must be a whole number, not "2.5"/],
    [['--shape', 'huge'], /--shape must be small, medium, large, mixed, not "huge"/],
    [['--shape', 'large', '--ticket-bytes', '1'], /--shape stands in place of/],
  ])('refuses %j with one clear message', (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });

  test('explains every flag in its help', () => {
    expect(() => readArguments(['--help'])).toThrow(new Help(USAGE));
    for (const flag of ['port', 'quota', 'updates', 'burst', 'token-lifetime'])
      expect(USAGE).toContain(`--${flag}`);
  });
});

describe('simulator', () => {
  test('makes live changes that all reach the export', async () => {
    const simulator = await simulate();
    let draw = 0;
    changeAtRandom(simulator, () => (draw = (draw + 0.37) % 1), 50);
    simulator.advance(60);
    const page = await timePage(simulator, 'start_time=0');
    expect(page.count).toBe(simulator.truth().size);
    expect(page.tickets.filter((ticket) => ticket.generated_timestamp === now).length).toBeGreaterThan(10);
  });

  test('by default spreads its tickets over the last two years, the newest two minutes old', async () => {
    const simulator = await startSimulator({ tickets: 50, clock: () => now });
    const times = [...simulator.truth().values()].map((ticket) => ticket.generatedTimestamp);
    expect(Math.max(...times)).toBe(now - 120);
    expect(Math.min(...times)).toBe(now - 120 - 730 * 86_400);
    await simulator.close();
  });
});
