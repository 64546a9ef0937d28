import fc from 'fast-check';
import { JsonScanner } from '../../src/zendesk/jsonScanner';
import { MalformedJson } from '../../src/zendesk/jsonLexer';
import { DEEPEST, MOST_ELEMENTS, TooLarge } from '../../src/zendesk/tooLarge';

/** Any JSON value, keys and strings full of what JSON itself is made of included. */
const awkward = fc.string({
  unit: fc.constantFrom(
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    ' ',
    '\n',
    '\0',
    'a',
    'é',
    '日',
    '😀',
    '\ud800',
  ),
});
const value = fc.letrec<{ any: unknown; list: unknown[]; record: Record<string, unknown> }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, -1.5e-7, 2 ** 70),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    awkward,
    tie('list'),
    tie('record'),
  ),
  list: fc.array(tie('any'), { maxLength: 5 }),
  record: fc.dictionary(awkward, tie('any'), { maxKeys: 5 }),
}));
const space = fc.constantFrom(undefined, 2, '\t');
const text = fc.tuple(value.any, space).map(([any, indent]) => JSON.stringify(any, null, indent));

function walk(json: string): void {
  const scanner = new JsonScanner(Buffer.from(json));
  scanner.value();
  scanner.end();
}

function membersOf(json: string): [string, string][] {
  const members: [string, string][] = [];
  const scanner = new JsonScanner(Buffer.from(json));
  scanner.members((key) => {
    members.push([key, scanner.raw()]);
  });
  scanner.end();
  return members;
}

function elementsOf(json: string): string[] {
  const scanner = new JsonScanner(Buffer.from(json));
  const elements = scanner.list(() => scanner.raw());
  scanner.end();
  return elements;
}

/** Whether it accepts a text, by its own error alone. */
function accepts(read: (json: string) => unknown, json: string, error: new () => Error): boolean {
  try {
    read(json);
    return true;
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(error);
    return false;
  }
}

function expectAsParsed(json: string): void {
  expect([json, accepts(walk, json, MalformedJson)]).toEqual([json, accepts(JSON.parse, json, SyntaxError)]);
}

describe('a value', () => {
  test('is JSON to it when it is to JSON.parse: whatever is cut out, put in or replaced', () => {
    const pieces = [
      '',
      ...Array.from('"\\{}[],:.-+eE019 \n\t\r\0ufntalse\u00a0\u2028\ufeff'),
      '\\u00',
      'null',
      '""',
    ];
    const change = fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom(...pieces));
    fc.assert(
      fc.property(text, fc.array(change, { maxLength: 3 }), (json, changes) => {
        let changed = json;
        for (const [place, length, piece] of changes) {
          const at = place % (changed.length + 1);
          changed = changed.slice(0, at) + piece + changed.slice(at + length);
        }
        expectAsParsed(changed);
      }),
      { numRuns: 3000 },
    );
  });

  test.each(
    [
      [
        '',
        ' ',
        'nul',
        'nulll',
        'True',
        'NaN',
        'Infinity',
        'undefined',
        "'a'",
        '"a',
        '"\\"',
        '"\\x"',
        '"\\u12g4"',
        '"\\u123',
      ],
      [
        '01',
        '-',
        '-0',
        '-01',
        '+1',
        '.5',
        '1.',
        '1.5e',
        '1e+',
        '1e-5',
        '1E5',
        '1e5.5',
        '0x1',
        '1_0',
        '--1',
        '0.0',
        '0e0',
      ],
      [
        '"\t"',
        '"\u007f"',
        '"\u2028"',
        '\ufeff1',
        '\u00a01',
        '1\u00a0',
        '\v1',
        '//1',
        '/*1*/1',
        '1 1',
        '"a""b"',
      ],
      [
        '[',
        '[1',
        '[1,',
        '[1,]',
        '[,1]',
        '[1 2]',
        '[]]',
        '[[]',
        '[}',
        '{',
        '{]',
        '{"a"',
        '{"a":',
        '{"a":1',
        '{"a":1,}',
      ],
      [
        '{"a" 1}',
        '{"a":}',
        '{a:1}',
        '{1:1}',
        '{"a":1 "b":2}',
        '{,}',
        '{"a":1,,"b":2}',
        '{} {}',
        '{"a":{"b":[{}]}}',
      ],
    ].flat(),
  )('is JSON to it when it is to JSON.parse: %j', (json) => {
    expectAsParsed(json);
  });

  test('may nest as deep as it likes', () => {
    const depth = 200_000;
    expect(() => {
      walk('[{"a":'.repeat(depth) + '1' + '}]'.repeat(depth));
    }).not.toThrow();
    expect(() => {
      walk('['.repeat(depth));
    }).toThrow(MalformedJson);
  });
});

describe('members', () => {
  test('are those that JSON.parse finds, in order, whatever the layout', () => {
    fc.assert(
      fc.property(value.record, space, (record, indent) => {
        const members = membersOf(` ${JSON.stringify(record, null, indent)}\r\n`);
        const parsed = members.map(([key, json]) => [key, JSON.parse(json) as unknown]);
        const expected = JSON.parse(JSON.stringify(record)) as object;
        expect(Object.fromEntries(parsed)).toEqual(expected);
        expect(members).toHaveLength(Object.keys(expected).length);
      }),
    );
  });

  test('keep the text of their values, large numbers included', () => {
    expect(membersOf('{"a": 12345678901234567890.10 , "b":{ "c" : 1 }}')).toEqual([
      ['a', '12345678901234567890.10'],
      ['b', '{ "c" : 1 }'],
    ]);
  });

  test('have their keys distinguished, of whatever bytes and escapes, in whatever order', () => {
    const keys = [
      'é',
      'Ã©',
      '\\u00e9',
      'id',
      '\\u0069d',
      'di',
      '',
      '__proto__',
      'constructor',
      '\\\\',
      'Aa',
      'BB',
    ];
    const orders = [keys, keys, keys.toReversed(), keys];
    const json = `[${orders.map((order) => `{${order.map((key) => `"${key}":1`).join(',')}}`).join(',')}]`;
    const scanner = new JsonScanner(Buffer.from(json));
    const found = scanner.list(() => {
      const own: string[] = [];
      scanner.members((key) => {
        own.push(key);
        scanner.value();
      });
      return own;
    });
    const expected = orders.map((order) => order.map((key) => JSON.parse(`"${key}"`) as string));
    expect(found).toEqual(expected);
  });

  test.each(['', '[]', '{} x', '{}{}', '{"a":1,}', '{"a" 1}', '{"a":}', '{a:1}', '{"a":1 "b":2}', 'null'])(
    'are not in %j',
    (json) => {
      expect(() => membersOf(json)).toThrow(MalformedJson);
    },
  );
});

describe('a list', () => {
  test('has the elements that JSON.parse finds, in order, whatever the layout', () => {
    fc.assert(
      fc.property(value.list, space, (list, indent) => {
        const elements = elementsOf(JSON.stringify(list, null, indent));
        expect(elements.map((json) => JSON.parse(json) as unknown)).toEqual(JSON.parse(JSON.stringify(list)));
        for (const json of elements) expect(json).not.toMatch(/[\n\r]/);
      }),
    );
  });

  test.each(['', '{}', '[1,]', '[,1]', '[1 2]', '[1] 2', '[[1]', '["a]'])('is not in %j', (json) => {
    expect(() => elementsOf(json)).toThrow(MalformedJson);
  });
});

test('what takes more memory than its bytes has a limit: elements, keys and depth', () => {
  const list = (count: number): string => `[${'1,'.repeat(count - 1)}1]`;
  const object = (count: number): string => `{${'"a":1,'.repeat(count - 1)}"a":1}`;
  expect(elementsOf(list(MOST_ELEMENTS))).toHaveLength(MOST_ELEMENTS);
  expect(() => elementsOf(list(MOST_ELEMENTS + 1))).toThrow(TooLarge);
  expect(membersOf(object(MOST_ELEMENTS))).toHaveLength(MOST_ELEMENTS);
  expect(() => membersOf(object(MOST_ELEMENTS + 1))).toThrow(TooLarge);
  expect(() => {
    walk('['.repeat(DEEPEST + 1));
  }).toThrow(TooLarge);
});

test('a list or an object is parsed without what is in it', () => {
  const parsed = (json: string): unknown => new JsonScanner(Buffer.from(json)).shallow();
  expect(['[[1]]', '{"toString":1}', '"a\\u0062"', '-1.5e3', 'null'].map(parsed)).toEqual([
    [],
    {},
    'ab',
    -1500,
    null,
  ]);
});
