import { changeAtRandom } from '../../src/simulator';
import { randomStream } from '../../src/simulator/random';
import { closeAll, getJson, simulate, to } from './reader';
import { path, rowsOf, truth, type Body, type Row } from './streamReader';

afterEach(closeAll);

describe('users, organizations and groups', () => {
  test('exist wherever a ticket points to one, and come beside it as their streams have them', async () => {
    const simulator = await simulate({ tickets: 300 });
    changeAtRandom(simulator, randomStream(3), 100);
    simulator.advance(61);
    const page = (await getJson(
      simulator,
      `${path('tickets')}?start_time=0&support_type_scope=all&include=users,organizations,groups`,
    )) as Body;
    for (const stream of ['users', 'organizations', 'groups'] as const) {
      const known = truth(simulator, stream);
      expect(rowsOf(stream, page).length).toBeGreaterThan(1);
      for (const row of rowsOf(stream, page)) expect(row).toEqual(known.get(row.id));
    }
    const users = new Set(simulator.truthOf('users').keys());
    const organizations = new Set(simulator.truthOf('organizations').keys());
    const groups = new Set(simulator.truthOf('groups').keys());
    for (const ticket of rowsOf('tickets', page)) {
      for (const id of [ticket.requester_id, ticket.submitter_id, ticket.assignee_id ?? ticket.requester_id])
        expect(users).toContain(id);
      for (const id of ticket.follower_ids as number[]) expect(users).toContain(id);
      if (ticket.organization_id !== null) expect(organizations).toContain(ticket.organization_id);
      expect(groups).toContain(ticket.group_id);
    }
    for (const user of truth(simulator, 'users').values())
      if (user.organization_id !== null) expect(organizations).toContain(user.organization_id);
  });

  test('are as many as asked for, by default a fifth and a fiftieth of the tickets', async () => {
    const sizes = async (options: object): Promise<number[]> => {
      const simulator = await simulate(options);
      return [simulator.truthOf('users').size, simulator.truthOf('organizations').size];
    };
    expect(await sizes({ tickets: 1000 })).toEqual([200, 20]);
    expect(await sizes({ tickets: 0 })).toEqual([10, 5]);
    expect(await sizes({ users: 1, organizations: 0 })).toEqual([1, 0]);
    await expect(simulate({ users: 0 })).rejects.toThrow('an account has at least one user');
  });

  test('bring the identities of the users of a page, and only when asked', async () => {
    const simulator = await simulate();
    const body = async (query: string): Promise<Body> =>
      (await getJson(simulator, `${path('users')}/cursor?start_time=0&per_page=5${query}`)) as Body;
    const page = await body('&include=identities');
    const ids = rowsOf('users', page).map(({ id }) => id);
    const identities = page.identities as Row[];
    expect(identities).toEqual(
      [...simulator.identities().values()]
        .filter((one) => ids.includes(one.user_id as number))
        .sort((a, b) => ids.indexOf(a.user_id as number) - ids.indexOf(b.user_id as number)),
    );
    expect(identities.length).toBeGreaterThan(2);
    expect(await body('')).not.toHaveProperty('identities');
  });

  test('come again when they are deleted, and when that is undone', async () => {
    const simulator = await simulate();
    for (const stream of ['users', 'organizations'] as const) {
      const [, id = 0] = [...simulator.truthOf(stream).keys()];
      simulator.remove(stream, id, { at: to + 10 });
      const gone = simulator.truthOf(stream).get(id);
      expect(gone).toMatchObject({ version: to + 10, deleted: true });
      simulator.restore(stream, id, { at: to + 20 });
      expect(simulator.truthOf(stream).get(id)).toMatchObject({ version: to + 20, deleted: false });
    }
  });

  test('users/me is the admin of the users', async () => {
    const simulator = await simulate();
    const { user } = (await getJson(simulator, '/api/v2/users/me')) as { user: Row };
    expect(truth(simulator, 'users').get(user.id)).toMatchObject({
      name: user.name,
      email: user.email,
      role: 'admin',
    });
  });
});
