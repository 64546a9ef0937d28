import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator';
import type { StreamName } from '../../src/streams';
import type { RecordId } from '../../src/streams/record';
import { textOf } from '../../src/destinations/recordText';
import { ZendeskClient } from '../../src/zendesk/client';
import type { FetchedPage } from '../../src/zendesk/fetchedPage';
import type { Observe } from '../../src/zendesk/observe';
import type { ListName } from '../../src/simulator';
import { listTruth } from '../support/listTruth';
import { failureOf } from './failures';
import { closeServers, serveAlways } from './oddServer';

let simulator: Simulator | undefined;
afterEach(async () => {
  await simulator?.close();
  await closeServers();
});

async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  simulator = await startSimulator({ tickets: 25, lists: { macros: 250, tags: 250 }, ...options });
  return simulator;
}

async function fetchPage(
  url: string,
  stream: StreamName,
  after: string | null,
  observe: Observe = () => undefined,
): Promise<FetchedPage> {
  const credentials = { kind: 'oauthToken', token: 't0ken' } as const;
  const query = {
    stream,
    position: { endpoint: 'list', sweep: 1_750_000_000, after },
    perPage: 100,
    include: [],
    supportTypeScope: 'all',
    excludeDeleted: false,
  } as const;
  const client = new ZendeskClient({ subdomain: 'demo', baseUrl: url, credentials }, { observe });
  return client.fetchPage(query, new AbortController().signal);
}

/** A list from its beginning to its end, and how many pages that took. */
async function read(url: string, stream: StreamName): Promise<readonly [Map<RecordId, string>, number]> {
  const records = new Map<RecordId, string>();
  for (let pages = 1, after: string | null = null; ; pages += 1) {
    const page: FetchedPage = await fetchPage(url, stream, after);
    expect(page.rejected).toEqual([]);
    for (const { id, json } of page.records) records.set(String(id), textOf(json));
    if (page.endOfStream) return [records, pages];
    after = page.afterCursor;
  }
}

test.each<[ListName, number]>([
  ['macros', 3],
  ['tags', 3],
  ['sla_policies', 1],
  ['custom_statuses', 1],
  // A page for each schedule, whose id stands in front of its holidays.
  ['schedule_holidays', 3],
])('%s are read to the end of their list', async (list, pages) => {
  const there = await simulate();
  expect(await read(there.url, list)).toEqual([listTruth(there, list), pages]);
});

test('a list that knows no cursors is read by the numbers of its pages', async () => {
  const there = await simulate();
  there.fault({ kind: 'byOffset', scope: 'all', times: 'always' });
  expect(await read(there.url, 'macros')).toEqual([listTruth(there, 'macros'), 3]);
});

test('holidays of a schedule that is deleted meanwhile are none, and those of the others are read', async () => {
  const there = await simulate();
  const [gone] = [...there.truthOf('schedules').keys()];
  there.fault({
    kind: 'status',
    status: 404,
    scope: 'all',
    path: `/api/v2/business_hours/schedules/${gone}/holidays`,
    times: 'always',
  });
  const others = [...listTruth(there, 'schedule_holidays')].filter(
    ([, json]) => !json.includes(`"schedule_id":${gone},`),
  );
  expect(others.length).toBeGreaterThan(0);
  expect((await read(there.url, 'schedule_holidays'))[0]).toEqual(new Map(others));
});

test.each([
  ['the list continues (meta.has_more), but the answer has no cursor', { meta: { has_more: true } }],
  [
    'the list continues (next_page), but the answer does not say',
    { next_page: 'https://acme.zendesk.com/more' },
  ],
  ['the answer does not say whether the list continues', {}],
])('an answer that cannot be followed is a failure by name, never the end: %s', async (problem, rest) => {
  const { url } = await serveAlways(200, JSON.stringify({ macros: [{ id: 1 }], ...rest }));
  const { message, failure } = await failureOf(fetchPage(url, 'macros', null));
  expect(message).toContain(problem);
  expect(failure.kind).toBe('unavailable');
});

test("the account's limit is seen in the headers of every list", async () => {
  const { url } = await simulate({ accountPerMinute: 200, othersPerMinute: 50 });
  expect((await fetchPage(url, 'brands', null)).quota).toMatchObject({ total: 200, remaining: 149 });
});

test('requests for lists are observed under their names', async () => {
  const { url } = await simulate();
  const observed = async (stream: StreamName): Promise<ReadonlySet<string>> => {
    const endpoints = new Set<string>();
    await fetchPage(url, stream, null, ({ endpoint }) => endpoints.add(endpoint));
    return endpoints;
  };
  expect(await observed('brands')).toEqual(new Set(['brands']));
  // It is read with one request for the schedules, and one for each of them.
  expect(await observed('schedule_holidays')).toEqual(new Set(['schedules', 'schedule_holidays']));
});
