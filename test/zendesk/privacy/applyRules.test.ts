import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { STREAMS, type StreamName } from '../../../src/streams';
import { JsonScanner } from '../../../src/zendesk/jsonScanner';
import { applyRules, applyRulesToRecord } from '../../../src/zendesk/privacy/applyRules';
import type { StreamRules } from '../../../src/zendesk/privacy/privacy';
import { TooLarge } from '../../../src/zendesk/tooLarge';

const KEY = 'a key of the tests, long enough';

const hashed = (text: string): string => createHmac('sha256', KEY).update(text).digest('hex');

function apply(text: string, rules: Partial<StreamRules>, stream: StreamName = 'tickets'): string {
  const all = { key: KEY, rules: { [stream]: { drop: [], hash: [], ...rules } } };
  return applyRulesToRecord(new JsonScanner(Buffer.from(text)), STREAMS[stream], all).toString();
}

const drop = (text: string, ...paths: string[]): string => apply(text, { drop: paths });
const hash = (text: string, ...paths: string[]): string => apply(text, { hash: paths });

describe('drop', () => {
  test.each([
    ['{"subject":"x"}', '{}'],
    ['{"subject":"x","id":1}', '{"id":1}'],
    ['{"id":1,"subject":"x"}', '{"id":1}'],
    ['{"id":1, "subject" : "x" , "url":2}', '{"id":1,"url":2}'],
    ['{ "subject":"x", "raw_subject":"x", "id":1, "subject":["y"] }', '{"id":1}'],
    ['{"\\u0073ubject":{"a":"x"}}', '{}'],
    ['{"Subject":"x","sub":{"subject":"x"}}', '{"Subject":"x","sub":{"subject":"x"}}'],
  ])('takes a key out of %s', (text, expected) => {
    expect(drop(text, 'subject')).toBe(expected);
  });

  test('leaves every other byte as it came, numbers beyond 2^53 and odd spellings included', () => {
    const rest = '"id":12345678901234567890,"n":[1.50,1e2,-0.0],"t":"\\u00e9 \\/ é \\ud83d"';
    expect(drop(`{"description":"x",${rest}}`, 'description')).toBe(`{${rest}}`);
  });

  test('goes through objects and lists', () => {
    const text = '{"via":{"source":{"from":{"address":"a@b","name":"n"}}},"l":[[{"a":1,"b":2}],{"a":3}]}';
    expect(drop(text, 'via.source.from.address', 'l.a')).toBe(
      '{"via":{"source":{"from":{"name":"n"}}},"l":[[{"b":2}],{}]}',
    );
  });

  test('takes the subject of the ticket that a follow-up came from, and nothing else of where it came from', () => {
    const via = (subject: string): string =>
      `{"via":{"source":{"from":{"ticket_id":7${subject}},"rel":"follow_up"}}}`;
    expect(drop(via(',"subject":"x"'), 'subject')).toBe(via(''));
    expect(hash(via(',"subject":"x"'), 'subject')).toBe(via(`,"subject":"${hashed('x')}"`));
  });

  test('takes any key, or any element, by a star', () => {
    expect(drop('{"a":{"email":1,"b":2},"c":[{"email":3}],"email":4}', '*.email')).toBe(
      '{"a":{"b":2},"c":[{}],"email":4}',
    );
    expect(drop('{"tags":["a","b"],"x":{"y":1}}', 'tags.*', 'x.*')).toBe('{"tags":[],"x":{}}');
  });

  test('takes the custom field of an id out of both of its lists', () => {
    const fields = '[{"id":1,"value":"x"},{"value":"y","id":360021289000},{"id":"360021289000"}]';
    const rest = '[{"id":1,"value":"x"}]';
    expect(drop(`{"custom_fields":${fields},"fields":${fields}}`, 'custom_fields.360021289000')).toBe(
      `{"custom_fields":${rest},"fields":${rest}}`,
    );
  });

  test('takes a custom field by the last of its ids, however they are spelt', () => {
    for (const field of ['{"id":2,"id":1}', '{"id":2,"\\u0069d":1}', '{ "id" : 1 }', '{"id":"1"}'])
      expect(drop(`{"custom_fields":[${field}]}`, 'custom_fields.1')).toBe('{"custom_fields":[]}');
    expect(drop('{"custom_fields":[{"id":1,"id":2}]}', 'custom_fields.1')).toContain('2');
  });

  test('takes what is a text in place of the object that the path leads through', () => {
    expect(drop('{"via":"a@b","x":null}', 'via.source.from.address', 'x.y')).toBe('{"x":null}');
    expect(drop('{"custom_fields":["secret",{"id":2}]}', 'custom_fields.1')).toBe(
      '{"custom_fields":[{"id":2}]}',
    );
    expect(drop('{"a":"x"}', '*.email')).toBe('{"a":"x"}');
  });

  test('does not look through what lies too deep, and keeps nothing of it', () => {
    const deep = `${'['.repeat(9999)}{"a":"x"}${']'.repeat(9999)}`;
    expect(drop(`{"l":${deep},"id":1}`, 'l.a')).not.toContain('x');
    expect(hash(`{"l":${deep},"id":1}`, 'l')).not.toContain('x');
    expect(drop(`{"l":${deep},"id":1}`, 'other')).toContain('x');
  });
});

describe('hash', () => {
  test('is the HMAC of the characters, however they are written', () => {
    expect(hash('{"a":"caf\\u00e9","b":"café"}', 'a', 'b')).toBe(
      `{"a":"${hashed('café')}","b":"${hashed('café')}"}`,
    );
  });

  test('is that of a number as it is written, and leaves null', () => {
    expect(hash('{"a":12345678901234567890,"b":null}', 'a', 'b')).toBe(
      `{"a":"${hashed('12345678901234567890')}","b":null}`,
    );
  });

  test('takes everything in an object or a list, but no keys, and no ids of custom fields', () => {
    expect(hash('{"a":{"b":["x",1,true,null],"id":2}}', 'a')).toBe(
      `{"a":{"b":["${hashed('x')}","${hashed('1')}","${hashed('true')}",null],"id":"${hashed('2')}"}}`,
    );
    const field = '{"id":7,"value":["x"]}';
    const expected = `{"id":7,"value":["${hashed('x')}"]}`;
    for (const path of ['custom_fields', 'custom_fields.7', 'custom_fields.*', 'custom_fields.value'])
      expect(hash(`{"custom_fields":[${field}]}`, path)).toBe(`{"custom_fields":[${expected}]}`);
  });

  test('gives way to drop', () => {
    expect(apply('{"a":{"b":1,"c":2}}', { drop: ['a.b'], hash: ['a.*'] })).toBe(
      `{"a":{"c":"${hashed('2')}"}}`,
    );
  });
});

describe('ticket events', () => {
  const of = (child: unknown): string => JSON.stringify({ child_events: [child] });

  test.each([
    { event_type: 'Change', subject: 'private', previous_value: 'private' },
    { previous_value: 'private', subject: 'private', type: 'Change' },
    { type: 'Change', field_name: 'subject', value: 'private', previous_value: 'private' },
    { event_type: 'Change', custom_ticket_fields: { 7: 'private' }, previous_value: 'private' },
    { type: 'Change', field_name: '7', value: 'private', previous_value: ['private'] },
    { event_type: 'Create', subject: 'private', custom_ticket_fields: { 7: 'private', 8: 'x' } },
  ])('a rule of the tickets holds for what has become of a field: %j', (child) => {
    const rules = { tickets: { drop: ['subject', 'custom_fields.7'], hash: [] } };
    const scanner = new JsonScanner(Buffer.from(of(child)));
    const text = applyRulesToRecord(scanner, STREAMS.ticket_events, { rules }).toString();
    expect(text).not.toContain('private');
    expect(text).toMatch(/Change|Create/);
  });

  test('other values stay, also where a rule is about their via', () => {
    const child = { via: { source: { from: {} } }, status: 'open', previous_value: 'new' };
    const text = of(child);
    expect(apply(text, { drop: ['child_events.via.source.from.address'] }, 'ticket_events')).toBe(text);
  });

  test('comments lose their bodies in every form', () => {
    const comment = { type: 'Comment', body: 'private', html_body: '<p>private', plain_body: 'private' };
    expect(apply(of(comment), { drop: ['child_events.body'] }, 'ticket_events')).toBe(
      of({ type: 'Comment' }),
    );
  });
});

describe('a whole answer', () => {
  const rules = {
    tickets: { drop: ['subject'], hash: [] },
    users: { drop: [], hash: ['email'] },
    metric_sets: { drop: ['reopens'], hash: [] },
  };

  test('has the rules of each stream applied to its records, beside others and within them', () => {
    const body = {
      tickets: [{ id: 1, subject: 'x', metric_set: { id: 2, reopens: 3 }, email: 'a@b' }, 'odd', null],
      users: [{ id: 4, email: 'a@b', subject: 'x' }],
      groups: [{ subject: 'x' }],
      end_time: 5,
    };
    const scanner = new JsonScanner(Buffer.from(JSON.stringify(body)));
    const text = applyRules(scanner, STREAMS.tickets, { key: KEY, rules }).toString();
    expect(JSON.parse(text)).toEqual({
      tickets: [{ id: 1, metric_set: { id: 2 }, email: 'a@b' }, null, null],
      users: [{ id: 4, email: hashed('a@b'), subject: 'x' }],
      groups: [{ subject: 'x' }],
      end_time: 5,
    });
  });

  test('is the same bytes where no rule is about its records', () => {
    const scanner = new JsonScanner(Buffer.from('{"groups":[{"name":"x"}]}'));
    expect(applyRules(scanner, STREAMS.groups, { key: KEY, rules })).toBe(scanner.text);
  });
});

/** The same, of a value that has been parsed. */
function without(value: unknown, [key = '', ...path]: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((element) => without(element, [key, ...path]));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(
    ([name, inner]) => name !== key || (path.length > 0 && (inner === null || typeof inner === 'object')),
  );
  return Object.fromEntries(
    members.map(([name, inner]) => [name, name === key ? without(inner, path) : inner]),
  );
}

test.each(['{"toString":1}', `${'['.repeat(100_000)}${']'.repeat(100_000)}`])(
  'a change of a field whose name is no text is left as it is',
  (name) => {
    const event = `{"id":1,"child_events":[{"field_name":${name},"value":"x"}]}`;
    expect(apply(event, { drop: ['child_events.subject'] }, 'ticket_events')).toBe(event);
  },
);

test('a text that is made of nothing but what is taken away is refused before it fills memory', () => {
  const list = `[${'1,'.repeat(199_999)}1]`;
  const record = `{"id":1,"tags":[${Array.from({ length: 11 }, () => list).join(',')}]}`;
  expect(() => hash(record, 'tags')).toThrow(TooLarge);
});

test('of any object, what is left is JSON and lacks nothing but what the path leads to', () => {
  const key = fc.constantFrom('a', 'b', 'c', '"', 'é');
  const plain = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null));
  const { value } = fc.letrec<{ value: unknown; object: unknown; list: unknown }>((tie) => ({
    value: fc.oneof({ maxDepth: 3, withCrossShrink: true }, plain, tie('object'), tie('list')),
    object: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    list: fc.array(tie('object'), { maxLength: 3 }),
  }));
  const objects = fc.dictionary(key, value, { maxKeys: 4 });
  const paths = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(objects, paths, fc.constantFrom(0, 1), (record, path, indent) => {
      const left: unknown = JSON.parse(drop(JSON.stringify(record, null, indent), path.join('.')));
      expect(left).toEqual(without(JSON.parse(JSON.stringify(record)), path));
    }),
    { numRuns: 500 },
  );
});

test('of custom fields, the same is left and hashed however they are laid out', () => {
  const id = fc.constantFrom(1, 2, 12345678901234567890n);
  const value = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'é', '"', '\\', '{', '}') }),
    fc.integer(),
    fc.constant(null),
    fc.constant(['x']),
    fc.constant({ email: 'x' }),
  );
  const field = fc
    .tuple(id, value, fc.constantFrom('', ',"email":"x"', ',"id":2'))
    .map(([number, content, more]) => `{"id":${number},"value":${JSON.stringify(content)}${more}}`);
  const path = fc.constantFrom(
    'custom_fields.1',
    'custom_fields.*.value',
    'custom_fields.value',
    'fields.2.value',
    '*.email',
    'custom_fields',
  );
  fc.assert(
    fc.property(
      fc.array(field, { maxLength: 4 }),
      fc.array(path),
      fc.array(path),
      (fields, dropped, hashedPaths) => {
        const rules = { drop: dropped, hash: hashedPaths };
        const [compact = '', spaced = ''] = [
          fields.join(','),
          fields.map((text) => text.replace('{', '{ ')).join(' , '),
        ].map((list) => apply(`{"custom_fields":[${list}],"fields":[${list}]}`, rules));
        expect(spaced.replaceAll(/\{ | , /g, (space) => space.trim())).toBe(compact);
      },
    ),
    { numRuns: 1000 },
  );
});
