import fc from 'fast-check';
import { elementsOf, MalformedJson, membersOf } from '../../src/zendesk/scan';

/** Any JSON value, keys and strings full of what JSON itself is made of included. */
const awkward = fc.string({
  unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', ' ', '\n', 'a', 'é', '日', '😀'),
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

describe('membersOf', () => {
  it('finds the members that JSON.parse finds, in order, whatever the layout', () => {
    fc.assert(
      fc.property(value.record, space, (record, indent) => {
        const members = membersOf(` ${JSON.stringify(record, null, indent)}\r\n`);
        const parsed = [...members].map(([key, text]) => [key, JSON.parse(text) as unknown]);
        expect(parsed).toEqual(Object.entries(JSON.parse(JSON.stringify(record)) as object));
      }),
    );
  });

  it('throws for a text that is cut anywhere', () => {
    fc.assert(
      fc.property(value.record, space, fc.nat(), (record, indent, at) => {
        const text = JSON.stringify(record, null, indent);
        expect(() => membersOf(text.slice(0, at % text.length))).toThrow();
      }),
    );
  });

  it('keeps the original text of a value, large numbers included', () => {
    expect(membersOf('{"a": 12345678901234567890.10 , "b":{ "c" : 1 }}')).toEqual(
      new Map([
        ['a', '12345678901234567890.10'],
        ['b', '{ "c" : 1 }'],
      ]),
    );
  });

  it('takes the last of two equal keys, as JSON.parse does', () => {
    expect(membersOf('{"a":1,"\\u0061":2}')).toEqual(new Map([['a', '2']]));
  });

  it('knows keys that objects are born with', () => {
    expect(membersOf('{"__proto__":1,"constructor":2}').get('__proto__')).toBe('1');
  });

  it.each(['', ' ', '[]', '{} x', '{}{}', '{"a":1,}', '{"a" 1}', '{"a":}', '{a:1}', '{"a":1 "b":2}', 'null'])(
    'throws for %j',
    (text) => {
      expect(() => membersOf(text)).toThrow(MalformedJson);
    },
  );
});

describe('elementsOf', () => {
  it('finds the elements that JSON.parse finds, in order, whatever the layout', () => {
    fc.assert(
      fc.property(value.list, space, (list, indent) => {
        const elements = elementsOf(JSON.stringify(list, null, indent));
        expect(elements.map((text) => JSON.parse(text) as unknown)).toEqual(JSON.parse(JSON.stringify(list)));
      }),
    );
  });

  it('throws for a text that is cut anywhere', () => {
    fc.assert(
      fc.property(value.list, space, fc.nat(), (list, indent, at) => {
        const text = JSON.stringify(list, null, indent);
        expect(() => elementsOf(text.slice(0, at % text.length))).toThrow();
      }),
    );
  });

  it.each(['', '{}', '[1,]', '[,1]', '[1 2]', '[1] 2', '[[1]', '["a]'])('throws for %j', (text) => {
    expect(() => elementsOf(text)).toThrow(MalformedJson);
  });
});
