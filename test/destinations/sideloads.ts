import { TABLE_NAMES, type StreamName } from '../../src/streams';
import type { RecordVersion } from '../../src/streams/record';
import type { Store } from './store';
import { idOf, NOON, page, read, recordOf, ticket } from './pages';

const USERS = "SELECT subdomain, id, object->>'name' AS name FROM users ORDER BY subdomain, id";

const user = (id: number, name: string): RecordVersion => recordOf('users', id, NOON, { name });
const sideloads = (...users: RecordVersion[]): { sideloads: Map<StreamName, RecordVersion[]> } => ({
  sideloads: new Map([['users', users]]),
});

export function describeSideloads(opened: () => Store): void {
  test('keeps the sideloaded objects of accounts apart', async () => {
    const { destination, rows } = opened();
    await destination.write(page(1, [ticket(1)], sideloads(user(1, 'Ann'))));
    await destination.write(page(1, [], { ...sideloads(user(1, 'Eve')), subdomain: 'beta' }));
    expect(await rows(USERS)).toEqual([
      { subdomain: 'acme', id: 1, name: 'Ann' },
      { subdomain: 'beta', id: 1, name: 'Eve' },
    ]);
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

  test('takes every kind of sideload with one page, and logs the tickets alone', async () => {
    const { destination, rows } = opened();
    const others = TABLE_NAMES.filter((name) => name !== 'tickets');
    await destination.write(
      page(1, [ticket(1)], { sideloads: new Map(others.map((name) => [name, [recordOf(name, 7)]])) }),
    );
    for (const table of others)
      expect(await rows(`SELECT id FROM ${table}`)).toEqual([{ id: idOf(table, 7) }]);
    expect(await rows('SELECT tickets, quarantined FROM export_pages')).toEqual([
      { tickets: 1, quarantined: 0 },
    ]);
  });

  test('takes a sideloaded object that is odd beside plain ones', async () => {
    const { destination, rows } = opened();
    const odd = '{"id":9,"updated_at":"2024-01-01T00:00:00Z","name":"one","name":"two","verified":"no"}';
    await destination.write(page(1, [ticket(1)], sideloads(user(1, 'Ann'), read(odd, 'users'))));
    // Of equal keys a reader may take either.
    expect(await rows('SELECT id FROM users ORDER BY id')).toEqual([{ id: 1 }, { id: 9 }]);
  });
}
