import type { FieldNote } from '../../src/destinations/destination';
import type { CustomField } from '../../src/streams/customField';
import { openEach, type Store } from './store';
import { NOON, page, ticket } from './pages';

export function field(
  id: number,
  title: string,
  type = 'text',
  rest: Partial<CustomField> = {},
): CustomField {
  return { id, title, type, active: true, options: [], ...rest };
}

/** Titles as somebody might choose them who wants more than a column. */
const HOSTILE = [
  '"; DROP TABLE tickets; --',
  "'); DELETE FROM tickets; --",
  'a" text); --',
  '$$; DROP TABLE tickets; $$',
  'line\nbreak\r\n\0end',
  '\\',
  '`id`',
  '%I %s {subdomain}',
  '\ud800',
  'ticket',
  'ＩＤ',
  'ı̇d',
  'K\u212a',
  '\u202eevil',
  'x'.repeat(10_000),
  'é'.repeat(100),
  '漢字',
  '',
  ' ',
  'select',
  'ctid',
  'rowid',
  '__proto__',
  'constructor',
];

/** For destinations that have a view with a column per custom field. */
export function describeCustomFields(name: string, open: () => Promise<Store>): void {
  describe(`${name}: custom fields`, () => {
    const opened = openEach(open);
    let pages = 0;

    const write = async (id: number, values: unknown, subdomain = 'acme'): Promise<void> => {
      pages += 1;
      const tickets = [ticket(id, NOON, { custom_fields: values })];
      await opened().destination.write(page(pages, tickets, { subdomain }));
    };
    const describeAs = async (
      fields: readonly CustomField[],
      subdomain = 'acme',
    ): Promise<readonly FieldNote[]> => opened().destination.describeFields(subdomain, fields);
    const wide = async (columns: string): Promise<unknown[][]> =>
      (await opened().rows(`SELECT ${columns} FROM tickets_wide ORDER BY subdomain, id`)).map((row) =>
        Object.values(row),
      );
    const columns = async (): Promise<unknown> =>
      Object.fromEntries(
        (await opened().rows('SELECT id, column_name, column_type FROM ticket_fields ORDER BY id')).map(
          (row) => [row['id'], `${String(row['column_name'])} ${String(row['column_type'])}`],
        ),
      );

    test('are columns of their types, whatever form the values come in', async () => {
      const fields = [
        field(1, 'Seats', 'integer'),
        field(2, 'Price', 'decimal'),
        field(3, 'VIP', 'checkbox'),
        field(4, 'Renewal', 'date'),
        field(5, 'Products', 'multiselect'),
        field(6, 'Plan', 'tagger'),
        field(7, 'Owner', 'lookup'),
      ];
      expect(await describeAs(fields)).toEqual([]);
      const values = (list: unknown[]): object[] => list.map((value, index) => ({ id: index + 1, value }));
      await write(1, values([5, 2.5, true, '2024-02-29', ['a', 'b'], 'gold', 9007]));
      await write(2, values(['-17', '1234.25', 'false', '1999-12-31', [], 'x"\'; --', '12']));
      await write(3, values([null, null, null, null, null, null, null]));
      await write(4, values(['', '', '', '', '', '', '']));
      await write(5, []);
      await write(6, null);
      await write(7, values([123_456_789_012_345, 7, false, null, ['ä', '😀'], '', { odd: 1 }]));
      expect(await describeAs(fields)).toEqual([]);
      const nothing = [null, null, null, null, null, null, null];
      const found = await wide('seats, price, vip, renewal, products, plan, owner');
      expect(found.slice(0, 6)).toEqual([
        [5, 2.5, true, '2024-02-29', ['a', 'b'], 'gold', '9007'],
        [-17, 1234.25, false, '1999-12-31', [], 'x"\'; --', '12'],
        nothing,
        [null, null, null, null, null, '', ''],
        nothing,
        nothing,
      ]);
      expect(found[6]?.slice(0, 6)).toEqual([123_456_789_012_345, 7, false, null, ['ä', '😀'], '']);
      const [sums] = await opened().rows(
        'SELECT sum(seats + 1)::bigint AS seats, count(*) FILTER (WHERE vip)::int AS vip FROM tickets_wide WHERE id < 3',
      );
      expect(sums).toEqual({ seats: -10, vip: 1 });
    });

    test('are text with a note where values disagree with the type, and typed again when none does', async () => {
      const fields = [
        field(1, 'Seats', 'integer'),
        field(2, 'Start', 'date'),
        field(3, 'VIP', 'checkbox'),
        field(4, 'Products', 'multiselect'),
        field(5, 'Price', 'decimal'),
        field(6, 'Fine', 'integer'),
      ];
      await describeAs(fields);
      await write(1, [
        { id: 1, value: 'many' },
        { id: 2, value: '2024-02-30' },
        { id: 3, value: 'yes' },
        { id: 4, value: 'a,b' },
        { id: 5, value: '5,50' },
        { id: 6, value: 6 },
      ]);
      await write(2, [
        { id: 1, value: 2.5 },
        { id: 6, value: '7' },
      ]);
      // Until the next reading such a value is NULL, and no query fails.
      expect(await wide('seats, start, vip, products, price, fine')).toEqual([
        [null, null, null, null, null, 6],
        [null, null, null, null, null, 7],
      ]);
      const notes = await describeAs(fields);
      expect(notes.map(({ id, title }) => [id, title])).toEqual([
        [1, 'Seats'],
        [2, 'Start'],
        [3, 'VIP'],
        [4, 'Products'],
        [5, 'Price'],
      ]);
      expect(notes[0]?.reason).toBe('2 values are no integer, one in ticket 1');
      expect(notes[3]?.reason).toBe('1 value is no list, one in ticket 1');
      expect(await wide('seats, start, vip, products, price, fine')).toEqual([
        ['many', '2024-02-30', 'yes', 'a,b', '5,50', 6],
        ['2.5', null, null, null, null, 7],
      ]);
      expect(await opened().rows('SELECT column_type, note FROM ticket_fields WHERE id = 1')).toEqual([
        { column_type: 'text', note: '2 values are no integer, one in ticket 1' },
      ]);
      await opened().destination.write(page(90, [ticket(1, NOON + 1, { custom_fields: [] })]));
      await opened().destination.write(
        page(91, [ticket(2, NOON + 1, { custom_fields: [{ id: 1, value: 8 }] })]),
      );
      expect(await describeAs(fields)).toEqual([]);
      expect(await wide('seats')).toEqual([[null], [8]]);
    });

    test('keep their data under a new title, and their name under a new place in the list', async () => {
      await write(1, [
        { id: 1, value: 'one' },
        { id: 2, value: 'two' },
      ]);
      await describeAs([field(1, 'Plan'), field(2, 'Plan')]);
      expect(await columns()).toEqual({ 1: 'plan text', 2: 'plan_2 text' });
      await describeAs([field(2, 'Plan'), field(1, 'Tariff')]);
      expect(await columns()).toEqual({ 1: 'tariff text', 2: 'plan_2 text' });
      expect(await wide('tariff, plan_2')).toEqual([['one', 'two']]);
      await describeAs([field(3, 'Plan'), field(2, 'Plan'), field(1, 'Tariff')]);
      expect(await columns()).toEqual({ 1: 'tariff text', 2: 'plan_2 text', 3: 'plan text' });
    });

    test('are gone from the view when they are switched off or deleted, and come back', async () => {
      await write(1, [{ id: 1, value: 'kept' }]);
      await describeAs([field(1, 'Plan'), field(2, 'Other')]);
      await describeAs([field(1, 'Plan', 'text', { active: false })]);
      expect(Object.keys((await opened().rows('SELECT * FROM tickets_wide'))[0] ?? {})).not.toContain('plan');
      expect(await columns()).toEqual({ 1: 'plan text' });
      await describeAs([field(1, 'Plan')]);
      expect(await wide('plan')).toEqual([['kept']]);
      await describeAs([]);
      expect(await opened().rows('SELECT id FROM tickets_wide')).toEqual([{ id: 1 }]);
    });

    test.each([
      ['"); DROP TABLE tickets; --', 'drop_table_tickets'],
      ["'; DELETE FROM tickets; --", 'delete_from_tickets'],
      ['😀🎉', 'field_1'],
      ['予約番号', 'field_1'],
      ['', 'field_1'],
      ['Größe & Straße (æ)', 'grosse_strasse_ae'],
      ['3rd party', 'field_3rd_party'],
      ['Status', 'status_1'],
      ['Subdomain', 'subdomain_1'],
      ['ticket', 'ticket_1'],
      ['select', 'select'],
      ['a\0b\ud800c', 'a_b_c'],
      ['x'.repeat(500), 'x'.repeat(63)],
      ['$$ $1 {} %s \\', '1_s'],
    ])('have a safe name for the title %j', async (title, expected) => {
      await write(1, [{ id: 1, value: 'value' }]);
      const options = [{ value: title, name: title }];
      await describeAs([field(1, title, 'tagger', { options })]);
      const name = expected === '1_s' ? 'field_1_s' : expected;
      expect(await columns()).toEqual({ 1: `${name} text` });
      expect(await wide(`"${name}"`)).toEqual([['value']]);
      expect(await opened().rows('SELECT count(*)::int AS tickets FROM tickets')).toEqual([{ tickets: 1 }]);
    });

    test('have names of their own within 63 bytes', async () => {
      const title = 'y'.repeat(100);
      await describeAs([field(1, title), field(2, title), field(3, `${title}!`)]);
      const rows = await opened().rows('SELECT column_name FROM ticket_fields ORDER BY id');
      const names = rows.map((row) => String(row['column_name']));
      expect(names.map((text) => text.length)).toEqual([63, 63, 63]);
      expect(new Set(names).size).toBe(3);
      await wide(names.join(', '));
    });

    test('have harmless names, whatever their titles: nothing of a title is ever SQL', async () => {
      const fields = HOSTILE.map((title, index) => field(index + 1, title));
      await write(
        1,
        fields.map(({ id }) => ({ id, value: `value ${id}` })),
      );
      await describeAs(fields);
      const rows = await opened().rows('SELECT id, column_name FROM ticket_fields ORDER BY id');
      expect(rows).toHaveLength(HOSTILE.length);
      const names = rows.map((row) => String(row['column_name']));
      expect(names.filter((text) => !/^[a-z_][a-z0-9_]{0,62}$/.test(text))).toEqual([]);
      expect(await wide(names.map((text) => `"${text}"`).join(', '))).toEqual([
        fields.map(({ id }) => `value ${id}`),
      ]);
    });

    test('of several accounts share the view and not their columns', async () => {
      await write(1, [{ id: 1, value: 'of acme' }]);
      await write(
        1,
        [
          { id: 1, value: 'of beta' },
          { id: 2, value: '2' },
        ],
        'beta',
      );
      await describeAs([field(1, 'Plan', 'tagger', { options: [{ value: 'a', name: 'A' }] })]);
      await describeAs([field(1, 'Plan'), field(2, 'Seats', 'integer')], 'beta');
      expect(await wide('subdomain, plan, plan_1, seats')).toEqual([
        ['acme', 'of acme', null, null],
        ['beta', null, 'of beta', 2],
      ]);
      await describeAs([], 'beta');
      expect(await wide('subdomain, plan')).toEqual([
        ['acme', 'of acme'],
        ['beta', null],
      ]);
      expect(await opened().rows('SELECT name FROM ticket_field_options')).toEqual([{ name: 'A' }]);
    });

    test('have their options’ labels beside them', async () => {
      const options = [
        { value: 'gold', name: "Gold's plan" },
        { value: 'silver', name: 'Silver ☂' },
      ];
      await describeAs([field(1, 'Plan', 'tagger', { options })]);
      await write(1, [{ id: 1, value: 'silver' }]);
      await write(2, [{ id: 1, value: 'retired' }]);
      const labelled = `
        SELECT tickets_wide.id, plan, label.name
        FROM tickets_wide
        LEFT JOIN ticket_fields AS field ON field.subdomain = tickets_wide.subdomain AND field.column_name = 'plan'
        LEFT JOIN ticket_field_options AS label
          ON label.subdomain = field.subdomain AND label.field_id = field.id AND label.value = plan
        ORDER BY 1`;
      expect(await opened().rows(labelled)).toEqual([
        { id: 1, plan: 'silver', name: 'Silver ☂' },
        { id: 2, plan: 'retired', name: null },
      ]);
      await describeAs([field(1, 'Plan', 'tagger', { options: options.slice(1) })]);
      expect(await opened().rows('SELECT value FROM ticket_field_options')).toEqual([{ value: 'silver' }]);
    });

    test('leave the tickets as they are, and readings with nothing new leave everything', async () => {
      await write(1, [{ id: 1, value: 'many' }]);
      await write(2, 'no list');
      await write(3, [5, { id: 1 }, { value: 7 }, { id: 'x', value: 1 }, { id: 1, value: 3 }]);
      const tickets = async (): Promise<unknown> => opened().rows('SELECT * FROM tickets ORDER BY id');
      const before = await tickets();
      await describeAs([field(1, 'Seats', 'integer')]);
      const names = await columns();
      await describeAs([field(1, 'Seats', 'integer')]);
      expect(await tickets()).toEqual(before);
      expect(await columns()).toEqual(names);
      expect(await opened().rows('SELECT * FROM tickets_wide')).toHaveLength(3);
    });
  });
}
