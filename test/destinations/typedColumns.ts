import { TICKET_COLUMNS } from '../../src/zendesk/ticketKeys';
import type { Store } from './conformance';
import { NOON, page, ticket } from './pages';

const AS_JSON = Object.entries(TICKET_COLUMNS)
  .map(([name, type]) => (type === 'time' ? `extract(epoch FROM ${name})::int AS ${name}` : name))
  .join(', ');

/** For destinations that have a column per field. */
export function describeTypedColumns(name: string, open: () => Promise<Store>): void {
  describe(`${name}: columns`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await open();
      await store.destination.prepare();
    });
    afterAll(async () => {
      await store.destination.close();
      await store.remove();
    });

    const stored = async (id: number, fields: Record<string, unknown>): Promise<unknown> => {
      await store.destination.write(page(id, [ticket(id, NOON, fields)]));
      const [row] = await store.rows(`SELECT ${AS_JSON} FROM tickets WHERE id = ${id}`);
      return row;
    };

    test('hold every field in its type', async () => {
      const fields = {
        ...samples,
        created_at: '2024-03-02T11:20:00Z',
        updated_at: '2024-03-02T11:20:01Z',
        due_at: '2024-03-02T11:20:02.5Z',
      };
      expect(await stored(1, fields)).toEqual({
        ...samples,
        created_at: 1_709_378_400,
        updated_at: 1_709_378_401,
        due_at: expect.any(Number) as number,
      });
    });

    test('are NULL for a field that is missing or null', async () => {
      const empty = Object.fromEntries(Object.keys(TICKET_COLUMNS).map((column) => [column, null]));
      expect(await stored(2, empty)).toEqual(empty);
      expect(await stored(3, {})).toEqual({ ...empty, status: 'open', subject: 'Ticket 3' });
    });

    let id = 100;
    test.each([
      ['an object', { strange: [1] }],
      ['a list', [{ strange: 1 }]],
      ['a boolean', true],
      ['a number', 12.25],
      ['text', 'some text'],
      ['a word for a time', 'infinity'],
      ['a large number', 1e30],
    ])('never stop a page for %s where another type belongs', async (_, value) => {
      id += 1;
      const strange = Object.fromEntries(Object.keys(TICKET_COLUMNS).map((column) => [column, value]));
      await store.destination.write(page(id, [ticket(id, NOON, strange)]));
      expect(await store.rows(`SELECT ticket->'via' AS via FROM tickets WHERE id = ${id}`)).toEqual([
        { via: value },
      ]);
    });
  });
}

const BY_TYPE = {
  integer: 12_345_678_901_234,
  number: 0.25,
  boolean: true,
  text: 'Straße "12"\n',
  time: null,
  json: [{ id: 360_021_289_000, value: ['gold', null, 1.5] }],
  integers: [1, 12_345_678_901_234],
  texts: ['a', 'b, "c"'],
};

const samples: Record<string, unknown> = Object.fromEntries(
  Object.entries(TICKET_COLUMNS).map(([column, type]) => [column, BY_TYPE[type]]),
);
