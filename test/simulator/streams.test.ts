import { changeAtRandom, SERVED, type Simulator } from '../../src/simulator';
import { randomStream } from '../../src/simulator/random';
import { closeAll, from, getJson, now, simulate, to } from './reader';
import {
  newest,
  path,
  readByCursor,
  readByTime,
  readList,
  rowsOf,
  truth,
  type Body,
  type ListBody,
  type Row,
} from './streamReader';

afterEach(closeAll);

const burst = SERVED.map((stream) => ({ stream, at: to + 100, records: 40 }));

/** Random changes while pages are read, which come to an end; then everything grows old enough to be seen. */
function restlessly(simulator: Simulator): () => void {
  const random = randomStream(2);
  let left = 15;
  return () => {
    simulator.advance(100);
    if (left === 0) return;
    left -= 1;
    changeAtRandom(simulator, random, 10);
  };
}

describe.each(SERVED)('the stream %s', (stream) => {
  test.each([1, 7, 1000])('is by time exactly the truth, %i a page, bursts included', async (perPage) => {
    const simulator = await simulate({ burst });
    expect(newest((await readByTime(simulator, stream, perPage)).rows)).toEqual(truth(simulator, stream));
  });

  test('is by time exactly the truth while it changes', async () => {
    const simulator = await simulate({ burst });
    const { rows, end } = await readByTime(simulator, stream, 9, { meanwhile: restlessly(simulator) });
    simulator.advance(61);
    rows.push(...(await readByTime(simulator, stream, 9, { start: end })).rows);
    expect(newest(rows)).toEqual(truth(simulator, stream));
  });

  test('has the version and the deletion of its truth in its records', async () => {
    const simulator = await simulate();
    changeAtRandom(simulator, randomStream(3), 200);
    for (const record of simulator.truthOf(stream).values()) {
      const row = JSON.parse(record.json()) as Row;
      const version = row.generated_timestamp ?? row.timestamp ?? row.time ?? row.updated_at;
      expect(typeof version === 'string' ? Date.parse(version) / 1000 : version).toBe(record.version);
      const deleted =
        row.status === 'deleted' ||
        row.active === false ||
        (row.deleted_at ?? row.deleted ?? false) !== false;
      expect(deleted).toBe(record.deleted);
    }
  });

  test('is the same for the same seed', async () => {
    const [one, two] = [await simulate({ seed: 5 }), await simulate({ seed: 5 })];
    expect(truth(one, stream)).toEqual(truth(two, stream));
    expect(truth(await simulate({ seed: 6 }), stream)).not.toEqual(truth(one, stream));
  });

  test('begins and ends where the account does', async () => {
    const versions = [...(await simulate({ tickets: 1000 })).truthOf(stream).values()].map(
      ({ version }) => version,
    );
    expect(Math.min(...versions)).toBeGreaterThanOrEqual(from);
    expect(Math.max(...versions)).toBeLessThanOrEqual(to);
  });

  test('repeats a second that holds more than a page where the account does so', async () => {
    const simulator = await simulate({ burst, pinned: 'repeat' });
    const query = `start_time=${to + 100}&per_page=10&support_type_scope=all`;
    const body = (await getJson(simulator, `${path(stream)}?${query}`)) as Body;
    expect(body).toMatchObject({ count: 10, end_time: to + 100, end_of_stream: false });
    expect(await getJson(simulator, `${path(stream)}?${query}`)).toEqual(body);
  });
});

describe('by cursor', () => {
  test.each(['tickets', 'users'] as const)('%s are exactly the truth, each once', async (stream) => {
    const simulator = await simulate({ burst });
    const { rows } = await readByCursor(simulator, stream, 9);
    expect(rows).toHaveLength(simulator.truthOf(stream).size);
    expect(newest(rows)).toEqual(truth(simulator, stream));
  });

  test('users are exactly the truth while they change', async () => {
    const simulator = await simulate({ burst });
    const { rows, end } = await readByCursor(simulator, 'users', 3, { meanwhile: restlessly(simulator) });
    simulator.advance(61);
    rows.push(...(await readByCursor(simulator, 'users', 3, { start: end })).rows);
    expect(newest(rows)).toEqual(truth(simulator, 'users'));
  });

  test('users have cursors of the recorded form, and none where the first request finds nothing', async () => {
    const simulator = await simulate();
    const body = (await getJson(simulator, `${path('users')}/cursor?start_time=0&per_page=3`)) as Body;
    const last = rowsOf('users', body).at(-1);
    const second = Date.parse(String(last?.updated_at)) / 1000;
    expect(Buffer.from(String(body.after_cursor), 'base64').toString()).toBe(`${second}.0||${last?.id}|`);
    expect(await getJson(simulator, `${path('users')}/cursor?start_time=${to + 1}`)).toMatchObject({
      users: [],
      after_cursor: null,
      end_of_stream: true,
    });
  });

  test('the others have no such endpoint', async () => {
    const simulator = await simulate();
    for (const stream of ['organizations', 'ticket_events', 'ticket_metric_events'] as const)
      expect(await getJson(simulator, `${path(stream)}/cursor?start_time=0`)).toMatchObject({
        error: 'InvalidEndpoint',
      });
  });
});

describe('metric events as a list', () => {
  test.each([1, 7, 100])('are exactly the truth, each once, %i a page', async (size) => {
    const simulator = await simulate({ tickets: 30, burst });
    const { rows } = await readList(simulator, size);
    expect(rows).toHaveLength(simulator.truthOf('ticket_metric_events').size);
    expect(newest(rows)).toEqual(truth(simulator, 'ticket_metric_events'));
  });

  test('are exactly the truth while they change', async () => {
    const simulator = await simulate({ burst });
    const { rows, end } = await readList(simulator, 20, { meanwhile: restlessly(simulator) });
    simulator.advance(61);
    rows.push(...(await readList(simulator, 20, { start: end })).rows);
    expect(newest(rows)).toEqual(truth(simulator, 'ticket_metric_events'));
  });

  test('have cursors on every page but an empty one', async () => {
    const simulator = await simulate();
    const list = async (query: string): Promise<ListBody> =>
      (await getJson(simulator, `${path('ticket_metric_events')}?${query}`)) as ListBody;
    const first = await list('start_time=0&page[size]=2');
    expect(Object.keys(first).sort()).toEqual(['links', 'meta', 'ticket_metric_events']);
    expect(Object.keys(first.meta).sort()).toEqual(['after_cursor', 'before_cursor', 'has_more']);
    expect(await list(`start_time=${to + 1}&page[size]=2`)).toEqual({
      ticket_metric_events: [],
      meta: { has_more: false },
      links: { prev: null, next: null },
    });
  });

  test('refuse more than a hundred a page, a bad cursor, and a start without a time', async () => {
    const simulator = await simulate();
    for (const query of ['start_time=0&page[size]=101', 'start_time=0&page[size]=0', 'page[after]=abc'])
      expect(await getJson(simulator, `${path('ticket_metric_events')}?${query}`)).toMatchObject({
        error: 'InvalidPaginationParameter',
      });
    expect(await getJson(simulator, `${path('ticket_metric_events')}?page[size]=10`)).toMatchObject({
      error: 'ParameterMissing',
    });
  });

  test('can lack the link to what follows, by a fault', async () => {
    const simulator = await simulate();
    simulator.fault({ kind: 'cursorMissing' });
    const body = await getJson(simulator, `${path('ticket_metric_events')}?start_time=0&page[size]=5`);
    expect(body).toMatchObject({ meta: { has_more: true }, links: { next: null } });
  });

  test('leave withdrawn ones out with exclude_deleted, and only then', async () => {
    const simulator = await simulate();
    const [id = 0] = simulator.truthOf('ticket_metric_events').keys();
    simulator.remove('ticket_metric_events', id, { at: to + 50 });
    const ids = async (query: string): Promise<number[]> =>
      rowsOf(
        'ticket_metric_events',
        (await getJson(simulator, `${path('ticket_metric_events')}?start_time=${to + 1}${query}`)) as Body,
      ).map((row) => row.id);
    expect(await ids('')).toEqual([id]);
    expect(await ids('&exclude_deleted=true')).toEqual([]);
  });
});

test('live changes leave no stream out', async () => {
  const simulator = await simulate();
  changeAtRandom(simulator, randomStream(3), 300);
  for (const stream of SERVED)
    expect([...simulator.truthOf(stream).values()].some(({ version }) => version === now)).toBe(true);
});
