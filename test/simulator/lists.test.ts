import {
  changeAtRandom,
  LISTS,
  type FaultSpec,
  type ListName,
  type Simulator,
  type TrueRecord,
} from '../../src/simulator';
import { LIST_SPECS } from '../../src/simulator/listSpecs';
import { randomStream } from '../../src/simulator/random';
import { LIST_KEYS } from './listKeys';
import { closeAll, get, getJson, simulate } from './reader';
import { truth, type Body, type ListBody, type Row } from './streamReader';

afterEach(closeAll);

/** The path of a list, or of what belongs to one schedule. */
const path = (name: ListName, schedule = 0): string =>
  `/api/v2/${LIST_SPECS[name].path.replace('{id}', String(schedule))}`;

/** Every page from one on, by the link that its kind of paging has. */
async function readFrom(simulator: Simulator, name: ListName, first: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let next: string | null = first; next !== null;) {
    const body = (await getJson(simulator, next)) as Partial<ListBody>;
    rows.push(...(body[LIST_SPECS[name].key ?? name] as Row[]));
    const more = body.meta === undefined || body.meta.has_more;
    const link: unknown = more ? (body.links?.next ?? body.next_page ?? null) : null;
    next = typeof link === 'string' ? new URL(link).pathname + new URL(link).search : null;
  }
  return rows;
}

/** All of a list; of holidays, those of one schedule after the other. */
async function read(simulator: Simulator, name: ListName, query = ''): Promise<Row[]> {
  if (name !== 'schedule_holidays') return readFrom(simulator, name, path(name) + query);
  const rows: Row[] = [];
  for (const { id } of await read(simulator, 'schedules'))
    rows.push(...(await readFrom(simulator, name, path(name, id) + query)));
  return rows;
}

function rowOf(record: TrueRecord): Row {
  return JSON.parse(record.json()) as Row;
}

/** What is still there of a list, in the order of {@link read}. */
function present(simulator: Simulator, name: ListName): Row[] {
  const rank = (record: TrueRecord): number =>
    name === 'tags' ? -Number(rowOf(record).count) : (record.keys?.schedule_id ?? 0);
  return [...simulator.truthOf(name).values()]
    .filter(({ deleted }) => !deleted)
    .sort((a, b) => rank(a) - rank(b))
    .map(rowOf);
}

describe.each(LISTS)('the list %s', (name) => {
  test('is the truth without what was deleted, by every way of paging', async () => {
    const simulator = await simulate();
    changeAtRandom(simulator, randomStream(5), 500);
    const rows = present(simulator, name);
    expect(rows.length).toBeGreaterThan(0);
    for (const query of ['', '?page[size]=1', '?page[size]=100'])
      expect(await read(simulator, name, query)).toEqual(rows);
  });

  test('has the documented keys', async () => {
    const rows = await read(await simulate(), name);
    const keys = new Set(rows.flatMap((row) => Object.keys(row)));
    expect([...keys].sort()).toEqual(LIST_KEYS[name].split(' ').sort());
  });

  test('loses what is deleted, gets it back, and shows what is new and changed', async () => {
    const simulator = await simulate();
    const known = (id: number | undefined): unknown => simulator.truthOf(name).get(id ?? 0)?.keys?.name ?? id;
    const [id = 0] = simulator.truthOf(name).keys();
    const shown = async (): Promise<unknown[]> =>
      (await read(simulator, name)).map((row) => (name === 'tags' ? row.name : row.id));
    simulator.remove(name, id);
    expect(await shown()).not.toContain(known(id));
    simulator.restore(name, id);
    expect(await shown()).toContain(known(id));
    const [added] = simulator.add(name, 1);
    expect(await shown()).toContain(known(added));
    const before = await read(simulator, name);
    simulator.advance(5);
    simulator.change(name, id);
    expect(await read(simulator, name)).not.toEqual(before);
  });

  test('moves its time with every change but quiet ones, where it has a time', async () => {
    const simulator = await simulate();
    const [id = 0] = simulator.truthOf(name).keys();
    const row = (): Row => rowOf(simulator.truthOf(name).get(id) ?? fail());
    const first = row();
    simulator.change(name, id, { quietly: true });
    const second = row();
    expect(second).not.toEqual(first);
    expect(second.updated_at).toBe(first.updated_at);
    simulator.change(name, id);
    const time = new Date(simulator.now() * 1000).toISOString().replace('.000', '');
    expect(row().updated_at).toBe('updated_at' in first ? time : undefined);
  });

  test('can be refused', async () => {
    const simulator = await simulate({ unavailable: { [name]: 403 } });
    const [schedule] = simulator.truthOf('schedules').keys();
    expect((await get(simulator, path(name, schedule))).status).toBe(403);
  });

  test('can have several pages', async () => {
    const simulator = await simulate({ lists: { [name]: 250 } });
    expect(await read(simulator, name, '?page[size]=100')).toEqual(present(simulator, name));
    expect(present(simulator, name)).toHaveLength(250);
  });
});

function fail(): never {
  throw new Error('there is no such record');
}

describe('lists', () => {
  test('of more than a page lead on until there is no more', async () => {
    const simulator = await simulate({ tickets: 3000 });
    for (const query of ['', '?page[size]=100', '?page[size]=37'])
      expect(await read(simulator, 'satisfaction_ratings', query)).toEqual(
        present(simulator, 'satisfaction_ratings'),
      );
    expect(present(simulator, 'satisfaction_ratings')).toHaveLength(300);
  });

  test('refuse a larger page, a bad cursor, and an offset beyond ten thousand', async () => {
    const simulator = await simulate();
    for (const query of ['page[size]=101', 'page[after]=abc'])
      expect(await getJson(simulator, `${path('groups')}?${query}`)).toMatchObject({
        error: 'InvalidPaginationParameter',
      });
    expect((await get(simulator, `${path('groups')}?page=101`)).status).toBe(400);
  });

  test('can say that there is more without a link to it, by a fault', async () => {
    const simulator = await simulate();
    simulator.fault({ kind: 'cursorMissing', scope: 'others', path: path('groups') });
    const body = (await getJson(simulator, `${path('groups')}?page[size]=2`)) as Body;
    expect(body).toMatchObject({ meta: { has_more: true }, links: { next: null } });
  });

  test.each([
    ['groups', 'exclude_deleted=false', 'deleted'],
    ['brands', 'include_deleted=true', 'is_deleted'],
  ] as const)('show deleted %s with %s', async (name, query, key) => {
    const simulator = await simulate();
    const [id = 0] = simulator.truthOf(name).keys();
    simulator.remove(name, id);
    for (const size of ['', '&page[size]=1'])
      expect(await read(simulator, name, `?${query}${size}`)).toEqual(
        [...truth(simulator, name).values()].map(
          (row) => expect.objectContaining({ id: row.id, [key]: row.id === id }) as Row,
        ),
      );
    expect(present(simulator, name)).toEqual(await read(simulator, name));
  });

  test('lead on from their last page to an empty one without cursors', async () => {
    const simulator = await simulate();
    const last = (await getJson(simulator, `${path('groups')}?page[size]=100`)) as ListBody;
    expect(last.meta).toEqual({
      has_more: false,
      after_cursor: expect.any(String) as string,
      before_cursor: expect.any(String) as string,
    });
    const { pathname, search } = new URL(last.links.next ?? '');
    expect(await getJson(simulator, pathname + search)).toEqual({
      groups: [],
      meta: { has_more: false },
      links: { prev: null, next: null },
    });
  });

  test('that come all at once say no more than is documented', async () => {
    const simulator = await simulate();
    const beside = async (name: ListName): Promise<Body> => {
      const { [name]: rows, ...rest } = (await getJson(simulator, `${path(name)}?page[size]=1`)) as Body;
      expect(rows).toEqual(present(simulator, name));
      return rest;
    };
    for (const name of ['sla_policies', 'custom_roles'] as const)
      expect(await beside(name)).toEqual({ count: 3, next_page: null, previous_page: null });
    expect(await beside('schedules')).toEqual({ url: expect.stringContaining('/schedules') as string });
    expect(await beside('custom_statuses')).toEqual({});
  });

  test('are touched by live changes in every way', async () => {
    const simulator = await simulate({ tickets: 10 });
    const before = new Map(LISTS.map((name) => [name, simulator.truthOf(name)]));
    changeAtRandom(simulator, randomStream(1), 30_000);
    for (const [name, old] of before) {
      const records = [...simulator.truthOf(name).values()];
      expect(records.length).toBeGreaterThan(old.size);
      expect(new Set(records.map(({ deleted }) => deleted))).toEqual(new Set([true, false]));
      expect(
        records.filter(({ id, version }) => old.has(id) && version !== old.get(id)?.version),
      ).not.toEqual([]);
    }
  });

  test('of triggers take an order', async () => {
    const simulator = await simulate();
    expect(await read(simulator, 'triggers', '?sort=created_at&page[size]=2')).toEqual(
      present(simulator, 'triggers'),
    );
  });

  test.each<[string, FaultSpec, number]>([
    ['403 without a body', { kind: 'status', status: 403, body: 'empty' }, 403],
    ['404', { kind: 'status', status: 404 }, 404],
    ['500', { kind: 'status', status: 500 }, 500],
    ['429 of their own limit', { kind: 'throttle', retryAfter: 7 }, 429],
    ['504 for a page that is too heavy', { kind: 'upstreamTimeout', perPageAbove: 50, times: 1 }, 504],
  ])('can fail with %s, which counts as a request', async (_, fault, status) => {
    const simulator = await simulate();
    simulator.fault({ ...fault, scope: 'others', path: path('views') });
    const failed = await get(simulator, `${path('views')}?page[size]=100`);
    expect(failed.status).toBe(status);
    expect(failed.headers.get('x-rate-limit-remaining')).toBe('699');
    expect(await failed.text()).not.toContain('incremental');
    expect((await get(simulator, `${path('views')}?page[size]=100`)).status).toBe(200);
  });

  test('can give a cursor back unchanged, by a fault', async () => {
    const simulator = await simulate();
    const { meta } = (await getJson(simulator, `${path('views')}?page[size]=2`)) as ListBody;
    simulator.fault({ kind: 'cursorStuck', scope: 'others' });
    const stuck = await getJson(
      simulator,
      `${path('views')}?page[size]=2&page[after]=${meta.after_cursor ?? ''}`,
    );
    expect(stuck).toMatchObject({ meta: { has_more: true, after_cursor: meta.after_cursor } });
  });

  test.each(['ticket_forms', 'sla_policies'] as const)('can come by offset, by a fault: %s', async (name) => {
    const simulator = await simulate({ lists: { [name]: 120 } });
    simulator.fault({ kind: 'byOffset', scope: 'others', times: 2 });
    const first = (await getJson(simulator, `${path(name)}?page[size]=50`)) as Body;
    expect(first).toMatchObject({ count: 120, next_page: expect.stringContaining('page=2') as string });
    expect(first).not.toHaveProperty('meta');
    expect(await read(simulator, name, '?page=2')).toHaveLength(20);
  });

  test('meet the faults that are meant to strike them', async () => {
    const simulator = await simulate();
    simulator.fault({ kind: 'throttle', scope: 'others', times: 'always' });
    expect((await get(simulator, path('groups'))).status).toBe(429);
    expect((await get(simulator, '/api/v2/incremental/tickets?start_time=0')).status).toBe(200);
  });

  test('need a credential', async () => {
    expect((await get(await simulate(), path('groups'), '')).status).toBe(401);
  });
});

describe('tags', () => {
  test('come by decreasing count, so that one that rises while they are read is missed', async () => {
    const simulator = await simulate({ lists: { tags: 40 } });
    const counts = (await read(simulator, 'tags')).map(({ count }) => Number(count));
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    const first = (await getJson(simulator, `${path('tags')}?page[size]=20`)) as ListBody;
    const seen = new Set((first.tags as Row[]).map(({ name }) => name));
    // Its count changes until it stands before the place of the next page.
    const rising =
      [...simulator.truthOf('tags').values()].find(({ keys }) => !seen.has(keys?.name)) ?? fail();
    while (Number(rowOf(rising).count) <= (counts[19] ?? 0)) simulator.change('tags', rising.id);
    const { pathname, search } = new URL(first.links.next ?? '');
    const rest = await readFrom(simulator, 'tags', pathname + search);
    expect(rest).toHaveLength(19);
    expect(rest.map(({ name }) => name)).not.toContain(rising.keys?.name);
  });

  test('are known by their names, some of which differ only in case', async () => {
    const simulator = await simulate({ lists: { tags: 100 } });
    const names = (await read(simulator, 'tags')).map(({ name }) => String(name));
    expect(new Set(names).size).toBe(100);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBeLessThan(100);
    const lines = await (await get(simulator, '/simulator/truth?stream=tags')).text();
    const known = lines
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Row).name);
    expect(known.sort()).toEqual(names.sort());
  });
});

describe('holidays', () => {
  test('belong to one schedule each, and some schedules have none', async () => {
    const simulator = await simulate();
    const counts: number[] = [];
    for (const schedule of simulator.truthOf('schedules').keys()) {
      const theirs = [...simulator.truthOf('schedule_holidays').values()].filter(
        ({ keys }) => keys?.schedule_id === schedule,
      );
      expect(await getJson(simulator, path('schedule_holidays', schedule))).toEqual({
        holidays: theirs.map(rowOf),
      });
      counts.push(theirs.length);
    }
    expect(counts).toEqual([3, 2, 0]);
    for (const { start_date: start, end_date: end } of present(simulator, 'schedule_holidays')) {
      expect(start).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(String(end) >= String(start)).toBe(true);
    }
  });

  test('go and come back with their schedule, which is not found while it is gone', async () => {
    const simulator = await simulate();
    const [schedule = 0] = simulator.truthOf('schedules').keys();
    const theirs = (): TrueRecord[] =>
      [...simulator.truthOf('schedule_holidays').values()].filter(
        ({ keys }) => keys?.schedule_id === schedule,
      );
    const status = async (): Promise<number> =>
      (await get(simulator, path('schedule_holidays', schedule))).status;
    expect(theirs().map(({ deleted }) => deleted)).toEqual([false, false, false]);
    simulator.remove('schedules', schedule);
    expect(theirs().map(({ deleted }) => deleted)).toEqual([true, true, true]);
    expect(await status()).toBe(404);
    simulator.restore('schedules', schedule);
    expect(theirs().map(({ deleted }) => deleted)).toEqual([false, false, false]);
    expect(await status()).toBe(200);
    expect((await get(simulator, path('schedule_holidays', 1))).status).toBe(404);
  });

  test('can be refused for one schedule', async () => {
    const simulator = await simulate();
    const [first, second] = simulator.truthOf('schedules').keys();
    const refused = path('schedule_holidays', first);
    simulator.fault({ kind: 'status', status: 404, scope: 'others', path: refused, times: 'always' });
    expect((await get(simulator, refused)).status).toBe(404);
    expect((await get(simulator, path('schedule_holidays', second))).status).toBe(200);
    expect((await get(simulator, path('schedules'))).status).toBe(200);
  });
});

test('memberships in organizations are default or null, never false', async () => {
  const rows = await read(
    await simulate({ lists: { organization_memberships: 90 } }),
    'organization_memberships',
  );
  expect(new Set(rows.map((row) => row.default))).toEqual(new Set([true, null]));
});

describe("the account's limit", () => {
  const shown = ({ headers }: Response): (string | null)[] =>
    [
      'x-rate-limit',
      'x-rate-limit-remaining',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
    ].map((name) => headers.get(name));

  test('counts every request but exports, and is on every answer', async () => {
    const simulator = await simulate({ accountPerMinute: 3 });
    expect(shown(await get(simulator, path('groups')))).toEqual(['3', '2', '3', '2', '60']);
    simulator.advance(10);
    expect(shown(await get(simulator, '/api/v2/users/me'))).toEqual(['3', '1', '3', '1', '50']);
    expect(shown(await get(simulator, '/api/v2/incremental/tickets?start_time=0'))).toEqual([
      '3',
      '1',
      '3',
      '1',
      '50',
    ]);
  });

  test('refuses what is over it, until its window ends', async () => {
    const simulator = await simulate({ accountPerMinute: 1 });
    expect((await get(simulator, path('groups'))).status).toBe(200);
    const refused = await get(simulator, path('brands'));
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect((await get(simulator, '/api/v2/incremental/tickets?start_time=0')).status).toBe(200);
    simulator.advance(60);
    expect((await get(simulator, path('brands'))).status).toBe(200);
  });

  test('is partly used by others, in every window', async () => {
    const simulator = await simulate({ accountPerMinute: 10, othersPerMinute: 8 });
    for (let minute = 0; minute < 2; minute += 1) {
      expect(shown(await get(simulator, path('groups'))).slice(0, 2)).toEqual(['10', '1']);
      expect((await get(simulator, path('groups'))).status).toBe(200);
      expect((await get(simulator, path('groups'))).status).toBe(429);
      simulator.advance(60);
    }
  });
});
