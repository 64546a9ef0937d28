import fc from 'fast-check';
import { columnsOf, OWN_COLUMNS } from '../../src/destinations/fieldColumns';
import { customColumns } from '../../src/destinations/views/customColumns';
import { viewsOption, viewsSchema } from '../../src/destinations/views/schema';
import { holds } from '../property/property';
import { field } from './fields';

const NAME = /^[a-z_][a-z0-9_]{0,62}$/;

const title = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ unit: fc.constantFrom('"', "'", ';', '--', '\0', '\n', '\ud800', 'a', 'A', 'é', '_', '$') }),
  fc.constantFrom(
    'id',
    'ID',
    'field',
    'custom_field',
    'ticket',
    '"id"',
    'x'.repeat(64),
    'x'.repeat(63),
    '__proto__',
  ),
);
const titles = fc.array(title, { minLength: 1, maxLength: 30 });

test('whatever titles fields have, each has a column whose name needs no quotes, of its own within 63 bytes', async () => {
  await holds(fc.tuple(titles, titles), 500, async ([first, second]) => {
    const fields = first.map((text, index) => field(index + 1, text));
    const known = columnsOf('acme', fields, []);
    // Renamed, and beside those of another account.
    const renamed = second.map((text, index) => field(index + 1, text));
    const beside = columnsOf('globex', renamed, known);
    const again = columnsOf('acme', renamed, [...known, ...beside]);
    for (const columns of [known, [...beside, ...again]]) {
      const names = columns.map(({ columnName }) => columnName);
      expect(names.filter((name) => !NAME.test(name) || OWN_COLUMNS.includes(name))).toEqual([]);
      expect(new Set(names).size).toBe(names.length);
    }
    const views = customColumns(again).map(({ name }) => name);
    expect(views.filter((name) => !NAME.test(name))).toEqual([]);
    expect(new Set(views).size).toBe(views.length);
  });
});

test('whatever ?views= says, it is refused, or the name of a schema that needs no quotes', async () => {
  const option = fc.oneof(title, fc.constantFrom('zendesk', 'zendesk_{subdomain}', '{subdomain}'));
  const subdomain = fc.string({ unit: fc.constantFrom('a', 'Z', '9', '-'), minLength: 1, maxLength: 63 });
  await holds(fc.tuple(option, subdomain), 500, async ([text, name]) => {
    let schema: string;
    try {
      schema = viewsSchema(viewsOption(text), name);
    } catch {
      return;
    }
    expect(schema).toMatch(/^[a-z0-9_]{1,63}$/);
  });
});
