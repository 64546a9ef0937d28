import type { SideloadedObject } from '../../src/destinations/destination';
import type { Store } from './store';
import { NOON, page, ticket } from './pages';

const USERS = "SELECT subdomain, id, object->>'name' AS name FROM users ORDER BY subdomain, id";

const user = (id: number, name: string, day?: number): SideloadedObject => ({
  id,
  json: JSON.stringify({
    id,
    name,
    ...(day === undefined ? {} : { updated_at: `2024-03-0${day}T00:00:00Z` }),
  }),
});
const sideloads = (...users: SideloadedObject[]): { sideloads: Map<string, SideloadedObject[]> } => ({
  sideloads: new Map([['users', users]]),
});

export function describeSideloads(opened: () => Store): void {
  test('keeps the newest version of a sideloaded object', async () => {
    const { destination, rows } = opened();
    await destination.write(
      page(1, [ticket(1)], sideloads(user(1, 'Ann', 2), user(2, 'Bob', 2), user(3, 'Cyd'))),
    );
    await destination.write(
      page(2, [], sideloads(user(3, 'Cyd 2'), user(2, 'Bob 1', 1), user(1, 'Ann 3', 3), user(4, 'Dot', 1))),
    );
    expect(await rows(USERS)).toEqual([
      { subdomain: 'acme', id: 1, name: 'Ann 3' },
      { subdomain: 'acme', id: 2, name: 'Bob' },
      { subdomain: 'acme', id: 3, name: 'Cyd 2' },
      { subdomain: 'acme', id: 4, name: 'Dot' },
    ]);
    await destination.write(page(1, [], { ...sideloads(user(1, 'Eve', 1)), subdomain: 'beta' }));
    expect(await rows(USERS)).toHaveLength(5);
  });

  test('takes the system, a user of the id -1', async () => {
    const { destination, rows } = opened();
    await destination.write(page(1, [ticket(1)], sideloads(user(-1, 'Zendesk'), user(1, 'Ann'))));
    await destination.write(page(2, [], sideloads(user(-1, 'Zendesk 2'))));
    expect(await rows(USERS)).toEqual([
      { subdomain: 'acme', id: -1, name: 'Zendesk 2' },
      { subdomain: 'acme', id: 1, name: 'Ann' },
    ]);
  });

  test('takes a pretty-printed object, and every kind of sideload', async () => {
    const { destination, rows } = opened();
    const tables = ['users', 'groups', 'organizations', 'sharing_agreements', 'ticket_forms', 'metric_sets'];
    const json = '{\n  "id": 7,\n  "name": "x"\n}';
    await destination.write(
      page(1, [], { sideloads: new Map(tables.map((table) => [table, [{ id: 7, json }]])) }),
    );
    for (const table of tables) expect(await rows(`SELECT id FROM ${table}`)).toEqual([{ id: 7 }]);
  });

  test('stores a sideloaded object that lost a character, and does not count it as a ticket', async () => {
    const { destination, rows } = opened();
    const odd = { id: 9, json: String.raw`{"id":9,"name":"a\ud800b"}` };
    expect(await destination.write(page(1, [ticket(1, NOON)], sideloads(user(1, 'Ann'), odd)))).toEqual({
      unstorable: 0,
    });
    expect(await rows(USERS)).toEqual([
      { subdomain: 'acme', id: 1, name: 'Ann' },
      { subdomain: 'acme', id: 9, name: 'a\ufffdb' },
    ]);
    expect(await rows('SELECT record FROM quarantine')).toEqual([{ record: odd.json }]);
  });
}
