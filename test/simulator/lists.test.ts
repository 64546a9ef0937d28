import { changeAtRandom, LISTS, type ListName, type Simulator } from '../../src/simulator';
import { LIST_SPECS } from '../../src/simulator/listSpecs';
import { randomStream } from '../../src/simulator/random';
import { closeAll, get, getJson, simulate } from './reader';
import { truth, type Body, type ListBody, type Row } from './streamReader';

afterEach(closeAll);

const path = (name: ListName): string => `/api/v2/${LIST_SPECS[name].path}`;

/** Every page of a list, by the link that its kind of paging has. */
async function read(simulator: Simulator, name: ListName, query = ''): Promise<Row[]> {
  const rows: Row[] = [];
  for (let next: string | null = path(name) + query; next !== null;) {
    const body = (await getJson(simulator, next)) as Partial<ListBody>;
    rows.push(...(body[name] as Row[]));
    const link: string | null = body.links?.next ?? (body.next_page as string | null | undefined) ?? null;
    next = link === null ? null : new URL(link).pathname + new URL(link).search;
  }
  return rows;
}

/** What is still there of a list. */
function present(simulator: Simulator, name: ListName): Row[] {
  const deleted = new Set(
    [...simulator.truthOf(name).values()].filter((one) => one.deleted).map(({ id }) => id),
  );
  return [...truth(simulator, name).values()].filter(({ id }) => !deleted.has(id));
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

  test('loses what is deleted, gets it back, and shows what is new and changed', async () => {
    const simulator = await simulate();
    const [id = 0] = simulator.truthOf(name).keys();
    const shown = async (): Promise<number[]> => (await read(simulator, name)).map((row) => row.id);
    simulator.remove(name, id);
    expect(await shown()).not.toContain(id);
    simulator.restore(name, id);
    expect(await shown()).toContain(id);
    const [added] = simulator.add(name, 1);
    expect(await shown()).toContain(added);
    const before = await read(simulator, name);
    simulator.advance(5);
    simulator.change(name, id);
    expect(await read(simulator, name)).not.toEqual(before);
  });

  test('can be refused', async () => {
    const simulator = await simulate({ unavailable: { [name]: 403 } });
    expect((await get(simulator, path(name))).status).toBe(403);
  });
});

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

  test('show deleted groups when asked', async () => {
    const simulator = await simulate();
    const [id = 0] = simulator.truthOf('groups').keys();
    simulator.remove('groups', id);
    const rows = await read(simulator, 'groups', '?exclude_deleted=false');
    expect(rows.find((row) => row.id === id)).toMatchObject({ deleted: true });
  });

  test('need a credential', async () => {
    expect((await get(await simulate(), path('groups'), '')).status).toBe(401);
  });
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
});
