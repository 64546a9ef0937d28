import { STREAMS, TABLE_NAMES } from '../../src/streams';
import type { RecordVersion } from '../../src/streams/record';
import type { Stream } from '../../src/streams/stream';
import { tickets } from '../../src/streams/tickets';
import type { Store } from './store';
import { isoTime, NOON, page, read, recordOf, ticket } from './pages';

function asJson({ id, columns }: Stream): string {
  return Object.entries(columns)
    .filter(([name]) => name !== id.key)
    .map(([name, type]) =>
      type === 'time' ? `extract(epoch FROM "${name}")::bigint AS "${name}"` : `"${name}"`,
    )
    .join(', ');
}
const AS_JSON = asJson(tickets);

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

    const readBack = async (json: string): Promise<unknown> => {
      const version = read(json);
      const number = Number(version.id);
      await store.destination.write(page(number, [ticket(1000 + number), version]));
      const [row] = await store.rows(`SELECT ${AS_JSON} FROM tickets WHERE id = ${version.id}`);
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

    describe.each(TABLE_NAMES)('of %s', (name) => {
      const { [name]: stream } = STREAMS;
      // The id is read as what it is.
      const columns: Stream['columns'] = Object.fromEntries(
        Object.entries(stream.columns).filter(([column]) => column !== stream.id.key),
      );
      const typed = async (record: RecordVersion): Promise<unknown> => {
        const other = ticket(Number(record.id));
        // Where both are tickets, the last is the one.
        const sideloads = new Map([[name, [record]]]);
        await store.destination.write(
          name === 'tickets' ? page(900, [record]) : page(900, [other], { sideloads }),
        );
        const key = stream.id.type === 'integer' ? record.id : `'${record.id}'`;
        const [row] = await store.rows(`SELECT ${asJson(stream)} FROM ${name} WHERE id = ${key}`);
        return row;
      };
      const times = Object.keys(columns).filter((column) => columns[column] === 'time');
      const empty = Object.fromEntries(Object.keys(columns).map((column) => [column, null]));
      const versionIn = (seconds: number): object =>
        stream.version.key in columns ? { [stream.version.key]: seconds } : {};

      test.each(['plain', 'odd'])('hold what is in the record: one that is %s', async (kind) => {
        const id = kind === 'plain' ? 9001 : 9002;
        const values = Object.fromEntries(
          Object.entries(columns).map(([column, type]) => [column, BY_TYPE[type]]),
        );
        const stamps = Object.fromEntries(times.map((column, index) => [column, NOON + index]));
        const isos = Object.fromEntries(times.map((column, index) => [column, isoTime(NOON + index)]));
        const record = recordOf(name, id, NOON, { ...values, ...isos });
        expect(await typed(kind === 'plain' ? record : { ...record, odd: true })).toEqual({
          ...values,
          ...stamps,
        });
      });

      test.each(['plain', 'odd'])('are NULL where the record has no value: one that is %s', async (kind) => {
        const id = kind === 'plain' ? 9003 : 9004;
        const record = recordOf(name, id, NOON);
        expect(await typed(kind === 'plain' ? record : { ...record, odd: true })).toEqual({
          ...empty,
          ...versionIn(NOON),
        });
      });

      test('are NULL, or the JSON of a text, where another type belongs, and no page stops', async () => {
        for (const [index, value] of [
          { strange: [1] },
          [{ strange: 1 }],
          true,
          12.25,
          'infinity',
        ].entries()) {
          const id = 9010 + index;
          const strange = Object.fromEntries(Object.keys(columns).map((column) => [column, value]));
          const row = await typed(recordOf(name, id, NOON, { ...strange, ...versionOf(stream) }));
          for (const column of times)
            expect(row).toHaveProperty(column, column === stream.version.key ? NOON : null);
        }
      });
    });

    test('are NULL for a field that is missing or null', async () => {
      const empty = Object.fromEntries(Object.keys(tickets.columns).map((column) => [column, null]));
      expect(await stored(2, empty)).toEqual(empty);
      expect(await stored(3, {})).toEqual({ ...empty, status: 'open', subject: 'Ticket 3' });
    });

    test('are NULL for a value that is not exactly of the type', async () => {
      const odd = {
        requester_id: 1.5,
        submitter_id: '17',
        assignee_id: true,
        group_id: 12_345_678_901_234_567_890n,
        has_incidents: 'yes',
        is_public: 1,
        allow_channelback: 'true',
        created_at: 'infinity',
        updated_at: 'epoch',
        due_at: 1_700_000_000,
        satisfaction_probability: '0.5',
        collaborator_ids: 'none',
        tags: {},
      };
      const none = Object.fromEntries(Object.keys(odd).map((column) => [column, null]));
      const { group_id: large, ...rest } = odd;
      const json = `{"id":4,"generated_timestamp":${NOON},"group_id":${large},${JSON.stringify(rest).slice(1)}`;
      expect(await readBack(json)).toMatchObject(none);
    });

    test('are NULL for a number that is too large, and for what is no number among others', async () => {
      const json = `{"id":5,"generated_timestamp":${NOON},"satisfaction_probability":1e400,"follower_ids":[1,2.5,"3",null,4]}`;
      expect(await readBack(json)).toMatchObject({
        satisfaction_probability: null,
        follower_ids: [1, null, null, null, 4],
      });
    });

    test('hold a time in UTC when it names no zone, and that of another zone', async () => {
      const times = {
        created_at: '2024-03-02T11:20:00',
        updated_at: '2024-03-02T11:20:00+02:00',
        due_at: '1970-01-01T00:00:00Z',
      };
      expect(await stored(6, times)).toMatchObject({
        created_at: 1_709_378_400,
        updated_at: 1_709_371_200,
        due_at: 0,
      });
    });

    test('take the last of equal keys, as all that is read of a ticket', async () => {
      const json =
        `{"id":2002,"generated_timestamp":1,"generated_timestamp":${NOON},"id":7,"status":"open","status":"deleted",` +
        '"subject":"one","subject":"two","tags":["a"],"tags":["b"],"group_id":1,"custom_fields":[1.50],"custom_fields":[2.50]}';
      expect(await readBack(json)).toMatchObject({
        status: 'deleted',
        subject: 'two',
        tags: ['b'],
        group_id: 1,
        custom_fields: [2.5],
      });
      expect(await store.rows('SELECT deleted, generated_timestamp FROM tickets WHERE id = 7')).toEqual([
        { deleted: true, generated_timestamp: NOON },
      ]);
      expect(await store.rows('SELECT id FROM tickets WHERE id = 2002')).toEqual([]);
    });

    test('hold JSON with its numbers as they are written', async () => {
      const fields = String.raw`[{"id": 5, "value": 0.12345678901234567890123}, {"id": 6, "value": 1.50, "text": "a 1.50, \" 2.50 é"},{"id":7,"value":-12345678901234567890}]`;
      const json = `{"id":8,"generated_timestamp":${NOON},"custom_fields":${fields},"via":{"a":12.5}}`;
      await store.destination.write(page(8, [read(json)]));
      const [row] = await store.rows(
        'SELECT CAST(custom_fields AS text) AS fields, CAST(via AS text) AS via FROM tickets WHERE id = 8',
      );
      for (const text of [
        ':0.12345678901234567890123}',
        ':1.50',
        String.raw`"a 1.50, \" 2.50 é"`,
        ':-12345678901234567890}',
      ])
        expect(String(row?.['fields']).replaceAll(': ', ':')).toContain(text);
      expect(String(row?.['via']).replaceAll(' ', '')).toBe('{"a":12.5}');
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
      const strange = Object.fromEntries(Object.keys(tickets.columns).map((column) => [column, value]));
      await store.destination.write(page(id, [ticket(id, NOON, strange)]));
      expect(await store.rows(`SELECT ticket->'via' AS via FROM tickets WHERE id = ${id}`)).toEqual([
        { via: value },
      ]);
    });
  });
}

function versionOf({ version: { key, form } }: Stream): object {
  return { [key]: form === 'seconds' ? NOON : isoTime(NOON) };
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
  Object.entries(tickets.columns).map(([column, type]) => [column, BY_TYPE[type]]),
);
