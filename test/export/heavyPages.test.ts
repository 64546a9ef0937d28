import { expectTruth } from '../property/truth';
import { closeStages, endpoints, FROM, stage } from './stage';

afterEach(closeStages);

test.each(['time', 'cursor'])(
  'halves the page at the same position, and grows it back, in %s mode',
  async (pagination) => {
    const { simulator, destination, start } = await stage({ tickets: 1000 });
    simulator.fault({
      kind: 'upstreamTimeout',
      perPageAbove: 25,
      fromTime: FROM + 3000,
      toTime: FROM + 4000,
    });
    const drive = start({ pagination, perPage: 100 });
    expect(await drive.run()).toBe('end');
    expectTruth(destination, simulator);
    expect(drive.status).toMatchObject({ tickets: 1000, perPage: 100, lastError: null });
    const struck = simulator.requests.findIndex(({ status }) => status === 504);
    const [before, half, quarter] = simulator.requests.slice(struck, struck + 3);
    expect([before?.perPage, half?.perPage, quarter?.perPage]).toEqual([100, 50, 25]);
    expect([half?.startTime, half?.cursor]).toEqual([before?.startTime, before?.cursor]);
    expect([quarter?.startTime, quarter?.cursor]).toEqual([before?.startTime, before?.cursor]);
  },
);

test('halves down to one ticket', async () => {
  const { simulator, destination, start } = await stage({ tickets: 60 });
  simulator.fault({ kind: 'upstreamTimeout', perPageAbove: 1, fromTime: FROM + 3000, toTime: FROM + 3500 });
  const drive = start({ perPage: 1000, startTime: FROM + 2000 });
  expect(await drive.run()).toBe('end');
  for (const { id, generatedTimestamp } of simulator.newestVersions())
    expect(destination.tickets.has(id)).toBe(generatedTimestamp >= FROM + 2000);
});

test('reads a second by cursor that Zendesk would put on one page whatever its size', async () => {
  const at = FROM + 5000;
  const { simulator, destination, start } = await stage({ tickets: 60, burst: [{ at, tickets: 300 }] });
  simulator.fault({
    kind: 'upstreamTimeout',
    perPageAbove: 0,
    matches: ({ path, position }) => !path.endsWith('/cursor') && position === at,
  });
  const drive = start({ perPage: 40 });
  expect(await drive.run()).toBe('end');
  expectTruth(destination, simulator);
  expect(drive.status.tickets).toBe(360);
  expect(endpoints(simulator)).toContain('cursor');
});

test('counts the requests that were too heavy, and paces itself by them', async () => {
  const { simulator, start } = await stage({ tickets: 60 });
  simulator.fault({ kind: 'upstreamTimeout', perPageAbove: 10 });
  const drive = start({ perPage: 1000, requestsPerMinute: 10 });
  expect(await drive.run()).toBe('end');
  expect(drive.status.requests).toBe(simulator.requests.length);
  for (const { at } of simulator.requests) {
    const minute = simulator.requests.filter((other) => other.at >= at && other.at < at + 60);
    expect(minute.length).toBeLessThanOrEqual(10);
  }
});
