import { closeStages, stage } from './stage';

afterEach(closeStages);

test.each(['time', 'cursor'])(
  'every page of %s mode is asked for with the whole query',
  async (pagination) => {
    const { simulator, start } = await stage();
    await start({
      pagination,
      perPage: 30,
      include: ['users', 'metric_sets'],
      excludeDeleted: true,
      supportTypeScope: 'agent',
    }).run();
    expect(simulator.requests.length).toBeGreaterThan(3);
    for (const { query, path } of simulator.requests) {
      const search = new URLSearchParams(query);
      expect(path).toBe(`/api/v2/incremental/tickets${pagination === 'cursor' ? '/cursor' : ''}`);
      search.delete(search.has('cursor') ? 'cursor' : 'start_time');
      expect(Object.fromEntries(search)).toEqual({
        per_page: '30',
        support_type_scope: 'agent',
        include: 'users,metric_sets',
        exclude_deleted: 'true',
      });
    }
  },
);

test('all support types are asked for by default', async () => {
  const { simulator, destination, start } = await stage({ tickets: 300 });
  await start().run();
  expect(simulator.requests[0]?.query).toContain('support_type_scope=all');
  expect(destination.tickets.size).toBe(300);
});

test('by cursor a start_time is asked for once, and only its cursor after it', async () => {
  const { simulator, start } = await stage();
  await start({ pagination: 'cursor', perPage: 30 }).run();
  expect(simulator.requests.map(({ startTime }) => startTime)).toEqual([0, undefined, undefined, undefined]);
  expect(simulator.requests.slice(1).every(({ cursor }) => cursor !== undefined)).toBe(true);
});
