import type { Simulator } from '../../src/simulator';
import { closeAll, from, get, getJson, now, simulate } from './reader';

afterEach(closeAll);

interface Results {
  readonly results: { id: number; created_at: string; updated_at: string; result_type: string }[];
  readonly meta: { has_more: boolean; after_cursor?: string };
}

const iso = (second: number): string => `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
const EVER = `created>=${iso(0)} created<${iso(now)}`;

function exportPath(query: string, size = 1000, after?: string): string {
  const parameters = { 'filter[type]': 'ticket', query, 'page[size]': String(size) };
  const search = new URLSearchParams(
    after === undefined ? parameters : { ...parameters, 'page[after]': after },
  );
  return `/api/v2/search/export?${search.toString()}`;
}

async function count(simulator: Simulator, query: string): Promise<number> {
  const search = new URLSearchParams({ query: `type:ticket ${query}` });
  const body = (await getJson(simulator, `/api/v2/search/count?${search.toString()}`)) as { count: number };
  return body.count;
}

async function searchAll(simulator: Simulator, query: string, size: number): Promise<Results['results']> {
  const found: Results['results'] = [];
  for (let after: string | undefined; ;) {
    const body = (await getJson(simulator, exportPath(query, size, after))) as Results;
    found.push(...body.results);
    if (!body.meta.has_more) return found;
    after = body.meta.after_cursor;
  }
}

function liveIds(simulator: Simulator): number[] {
  return [...simulator.newestVersions()].filter(({ status }) => status !== 'deleted').map(({ id }) => id);
}

test('finds every ticket that is not deleted once, the newest first, and counts as many', async () => {
  const simulator = await simulate();
  const found = await searchAll(simulator, EVER, 30);
  expect(found.map(({ id }) => id).sort((one, other) => one - other)).toEqual(liveIds(simulator));
  const times = found.map(({ created_at: at }) => at);
  expect(times).toEqual([...times].sort().reverse());
  expect(found[0]).toMatchObject({ result_type: 'ticket' });
  expect(found[0]).not.toHaveProperty('generated_timestamp');
  expect(await count(simulator, EVER)).toBe(found.length);
});

test('windows of time that touch each other share no ticket, and lack none', async () => {
  const simulator = await simulate();
  const middle = from + 500_000;
  const halves = await Promise.all([
    count(simulator, `created>=${iso(0)} created<${iso(middle)}`),
    count(simulator, `created>=${iso(middle)} created<${iso(now)}`),
  ]);
  expect(halves[0] + halves[1]).toBe(liveIds(simulator).length);
});

test('the index knows later what has happened, and the database at once', async () => {
  const simulator = await simulate({ searchLagSeconds: 300 });
  const [a = 0, b = 0] = liveIds(simulator);
  simulator.update(a);
  simulator.delete(b);
  const [created = 0] = simulator.create();
  const indexed = async (): Promise<Map<number, string>> =>
    new Map(
      (await searchAll(simulator, EVER.replace(iso(now), iso(now + 9)), 1000)).map((one) => [
        one.id,
        one.updated_at,
      ]),
    );
  const before = await indexed();
  expect(before.get(a)).not.toBe(iso(now));
  expect([before.has(b), before.has(created)]).toEqual([true, false]);
  const shown = (await getJson(simulator, `/api/v2/tickets/show_many?ids=${a},${b},${created},999999`)) as {
    tickets: { id: number; updated_at: string }[];
  };
  expect(shown.tickets.map(({ id, updated_at: at }) => [id, at])).toEqual([
    [a, iso(now)],
    [created, iso(now)],
  ]);
  simulator.advance(400);
  const after = await indexed();
  expect(after.get(a)).toBe(iso(now));
  expect([after.has(b), after.has(created)]).toEqual([false, true]);
});

test('lists those that were deleted last, the newest first', async () => {
  const simulator = await simulate();
  const [a = 0, b = 0] = liveIds(simulator);
  simulator.delete(a, { at: now - 60 });
  simulator.delete(b, { at: now - 30 });
  const { deleted_tickets: deleted } = (await getJson(simulator, '/api/v2/deleted_tickets')) as {
    deleted_tickets: { id: number; deleted_at: string }[];
  };
  expect(deleted.slice(0, 2)).toMatchObject([
    { id: b, deleted_at: iso(now - 30) },
    { id: a, deleted_at: iso(now - 60) },
  ]);
});

test('a cursor is good for an hour, searches are limited, and queries that Zendesk would refuse are refused', async () => {
  const simulator = await simulate({ searchesPerMinute: 5 });
  const { meta } = (await getJson(simulator, exportPath(EVER, 10))) as Results;
  const status = async (path: string): Promise<number> => (await get(simulator, path)).status;
  expect(await status(exportPath(`type:ticket ${EVER}`))).toBe(422);
  expect(await status(exportPath(EVER).replace('filter', 'other'))).toBe(422);
  expect(await status(exportPath(EVER, 1001))).toBe(400);
  expect(await status(exportPath(EVER, 10, meta.after_cursor))).toBe(200);
  expect(await status(exportPath(EVER))).toBe(429);
  simulator.advance(3700);
  expect(await status(exportPath(EVER, 10, meta.after_cursor))).toBe(422);
  expect(
    await status(`/api/v2/tickets/show_many?ids=${Array.from({ length: 101 }, (_, id) => id).join(',')}`),
  ).toBe(400);
});
