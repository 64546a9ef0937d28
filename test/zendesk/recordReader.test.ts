import { textOf } from '../../src/destinations/recordText';
import type { RecordVersion, RejectedRecord } from '../../src/streams/record';
import { recordReader } from '../../src/zendesk/recordReader';
import { STREAMS } from '../../src/streams';
import type { Stream } from '../../src/streams/stream';
import { tickets } from '../../src/streams/tickets';
import { MalformedJson } from '../../src/zendesk/jsonLexer';
import { JsonScanner } from '../../src/zendesk/jsonScanner';

const MINIMAL = '{"id":7,"generated_timestamp":1700000000}';

function accepted(raw: string): RecordVersion {
  const record = recordReader(tickets).read(raw);
  if (record.kind === 'record') return record;
  throw new Error(`rejected: ${record.reason}`);
}

describe('a ticket', () => {
  test('needs nothing but id and generated_timestamp', () => {
    expect(accepted(MINIMAL)).toEqual({
      kind: 'record',
      id: 7,
      version: 1_700_000_000,
      updatedAt: null,
      deleted: false,
      json: Buffer.from(MINIMAL),
    });
  });

  test('hands the record on as it came: large numbers, unknown keys, escapes and order', () => {
    const raw =
      '{"z":1,"generated_timestamp":1700000000,"id":7,"custom_fields":[{"id":12345678901234567890,"value":1.10}],"s":"\\u00e9\\n"}';
    expect(textOf(accepted(raw).json)).toBe(raw);
  });

  test('puts a pretty-printed record on one line without changing what it says', () => {
    const value = { id: 7, generated_timestamp: 1_700_000_000, subject: 'a\n  b \\n', tags: ['x', 'y'] };
    for (const newline of ['\n', '\r\n', '\r']) {
      const json = textOf(accepted(JSON.stringify(value, null, 4).replaceAll('\n', newline)).json);
      expect(json).not.toMatch(/[\r\n]/);
      expect(JSON.parse(json)).toEqual(value);
    }
  });

  test.each([
    ['"2024-03-02T11:20:00Z"', 1_709_378_400],
    ['null', null],
    ['"never"', null],
    ['5', null],
  ])('reads updated_at %s', (updatedAt, seconds) => {
    expect(accepted(`{"id":7,"generated_timestamp":1,"updated_at":${updatedAt}}`).updatedAt).toBe(seconds);
  });

  test.each([
    ['"deleted"', true],
    ['"solved"', false],
    ['"some_new_status"', false],
    ['null', false],
    ['["deleted"]', false],
  ])('tells whether it is deleted by the status %s alone', (status, deleted) => {
    expect(accepted(`{"id":7,"generated_timestamp":1,"status":${status}}`).deleted).toBe(deleted);
  });

  test.each([
    ['{"generated_timestamp":1}', 'id'],
    ['{"id":null,"generated_timestamp":1}', 'id'],
    ['{"id":"7","generated_timestamp":1}', 'id'],
    ['{"id":0,"generated_timestamp":1}', 'id'],
    ['{"id":1.5,"generated_timestamp":1}', 'id'],
    ['{"id":9007199254740993,"generated_timestamp":1}', 'id'],
    ['{"id":7}', 'generated_timestamp'],
    ['{"id":7,"generated_timestamp":"2024-01-01"}', 'generated_timestamp'],
    ['{"id":7,"generated_timestamp":-1}', 'generated_timestamp'],
    ['null', 'record'],
    ['"text"', 'record'],
    ['[1]', 'record'],
  ])('rejects %s, naming %s', (raw, field) => {
    const record = recordReader(tickets).read(raw);
    expect(record).toMatchObject({ kind: 'rejected', json: raw });
    expect(record.kind === 'rejected' && record.reason).toMatch(new RegExp(`^${field}: `));
  });

  test('names every unusable field, and no value', () => {
    const record = recordReader(tickets).read('{"id":"private","generated_timestamp":"secret"}');
    if (record.kind !== 'rejected') throw new Error('accepted');
    expect(record.reason).toMatch(/^id: .+; generated_timestamp: /);
    expect(record.reason).not.toMatch(/private|secret/);
  });

  test.each(['{"id":7,"generated_timestamp":1', '', '{"id":7,"generated_timestamp":1,"subject":"a\nb"}'])(
    'throws for what is no JSON: %j',
    (raw) => {
      expect(() => recordReader(tickets).read(raw)).toThrow(MalformedJson);
    },
  );
});

describe('a record of any other stream', () => {
  const events: Stream = {
    ...STREAMS.ticket_events,
    deleted: { key: 'kind', is: 'removed' },
    columns: { ticket_id: 'integer' },
    otherKeys: ['kind'],
    sideloads: [{ name: 'authors', table: 'users', nestedIn: 'author' }],
  };
  const read = (record: object, stream: Stream = events): RecordVersion | RejectedRecord =>
    recordReader(stream).read(JSON.stringify(record));

  test('has the version, the mark of deletion and the documented keys that its descriptor names', () => {
    const record = { id: 7, timestamp: 5, kind: 'removed', ticket_id: 1, author: {}, status: 'deleted' };
    expect(read(record)).toMatchObject({ version: 5, deleted: true, unknownKeys: ['status'] });
    expect(read({ id: 7, timestamp: 5, status: 'deleted' })).toMatchObject({ deleted: false });
  });

  test('is read with care where a typed value is not of its type', () => {
    expect(read({ id: 7, timestamp: 5, ticket_id: 'x' })).toMatchObject({ odd: true });
    expect(read({ id: 7, timestamp: 5, requester_id: 'x' })).not.toHaveProperty('odd');
  });

  test('is rejected as one of its stream without its own version, which the reason names', () => {
    expect(read({ id: 7, generated_timestamp: 5 })).toMatchObject({
      kind: 'rejected',
      stream: 'ticket_events',
      reason: expect.stringMatching(/^timestamp: /) as unknown,
    });
  });

  test.each([
    ['2024-03-02T11:20:00Z', 1_709_378_400],
    ['2024-03-02T11:20:00.999Z', 1_709_378_400],
    ['2024-03-02T11:20:00.999999999Z', 1_709_378_400],
    ['2024-03-02T13:20:00+02:00', 1_709_378_400],
    ['2024-02-29T00:00:00Z', 1_709_164_800],
  ])('has the second of a time as its version: %s', (time, version) => {
    expect(read({ id: 7, updated_at: time }, STREAMS.users)).toMatchObject({ kind: 'record', version });
    expect(read({ id: 7, updated_at: time }, STREAMS.groups)).toMatchObject({ kind: 'record', version });
  });

  const unreadable = [
    'yesterday',
    '2024-02-30T11:20:00Z',
    '2024-03-02',
    '2024-03-02T11:20:00',
    '1969-12-31T23:59:59Z',
    'infinity',
    '',
    1_709_378_400,
    true,
    {},
  ];
  test.each(unreadable)('is rejected where its time is none: %j', (time) => {
    for (const stream of [STREAMS.users, STREAMS.groups]) {
      expect(read({ id: 7, updated_at: time }, stream)).toMatchObject({
        kind: 'rejected',
        stream: stream.name,
        reason: expect.stringMatching(/^updated_at: /) as unknown,
      });
    }
  });

  test.each([{}, { updated_at: null }])('may be without a version where that is optional: %j', (time) => {
    expect(read({ id: 7, ...time }, STREAMS.groups)).toMatchObject({ kind: 'record', version: 0 });
    expect(read({ id: 7, ...time }, STREAMS.users)).toMatchObject({ kind: 'rejected' });
  });

  test.each([
    ['users', { active: false }, true],
    ['users', { active: true }, false],
    ['users', { active: 'false' }, false],
    ['users', { active: null }, false],
    ['users', {}, false],
    ['groups', { deleted: true }, true],
    ['groups', { deleted: 'true' }, false],
    ['organizations', { deleted_at: '2024-03-02T11:20:00Z' }, true],
    ['organizations', { deleted_at: 'once' }, true],
    ['organizations', { deleted_at: null }, false],
    ['organizations', {}, false],
    ['ticket_forms', { deleted: true }, false],
  ] as const)('of %s with %j is deleted: %s', (name, fields, deleted) => {
    const updated_at = '2024-03-02T11:20:00Z';
    expect(read({ id: 7, updated_at, ...fields }, STREAMS[name])).toMatchObject({ deleted });
  });

  test('may be Zendesk itself, a user of the id -1, and no ticket can', () => {
    const own = { id: -1, updated_at: '2024-03-02T11:20:00Z', generated_timestamp: 5 };
    expect(read(own, STREAMS.users)).toMatchObject({ kind: 'record', id: -1 });
    expect(read(own, STREAMS.tickets)).toMatchObject({ kind: 'rejected' });
    for (const id of [0, -2, 1.5, '7', null])
      expect(read({ ...own, id }, STREAMS.users)).toMatchObject({
        kind: 'rejected',
        reason: expect.stringMatching(/^id: /) as unknown,
      });
  });

  test('that only comes with others reports no new keys: not all of its keys are known', () => {
    const group = { id: 7, name: 'Support', created_at: '2024-03-02T11:20:00Z' };
    expect(read(group, STREAMS.groups)).not.toHaveProperty('unknownKeys');
  });

  test('hands over the objects within it, each with memory of its own', () => {
    const author = { id: 3, updated_at: '2024-03-02T11:20:00Z' };
    const found: unknown[] = [];
    const body = Buffer.from(JSON.stringify({ id: 7, timestamp: 5, author }));
    const record = recordReader(events).scan(new JsonScanner(body), (table, object) => {
      found.push([table, object]);
    });
    const json = Buffer.from(JSON.stringify(author));
    expect(found).toEqual([['users', expect.objectContaining({ id: 3, json: new Uint8Array(json) })]]);
    body.fill(0);
    expect(record.kind === 'record' && record.json.every((byte) => byte === 0)).toBe(true);
    expect(found).toEqual([['users', expect.objectContaining({ json: new Uint8Array(json) })]]);
  });

  test('hands over an object within it that is unreadable, and nothing else that stands there', () => {
    for (const [author, objects] of [
      [{}, [['users', { kind: 'rejected', stream: 'users', json: '{}' }]]],
      [null, []],
      [5, []],
      [[{ id: 3 }], []],
    ] as const) {
      const found: unknown[] = [];
      recordReader(events).scan(
        new JsonScanner(Buffer.from(JSON.stringify({ author, id: 7, timestamp: 5 }))),
        (...taken) => {
          found.push(taken);
        },
      );
      expect(found).toMatchObject(objects);
    }
  });
});

describe('an id that is a text', () => {
  const read = (id: unknown): string =>
    recordReader(STREAMS.tags).read(JSON.stringify({ name: id, count: 1 })).kind;

  test.each(['vip', 'VIP', 'größe', '😀', 'a,b "c"', 'x'.repeat(500)])('is taken as it is: %s', (id) => {
    expect(read(id)).toBe('record');
  });

  test.each([
    ['nothing', ''],
    ['a number', 5],
    ['U+0000', 'a\0b'],
    ['half of a pair', 'a\ud800'],
    ['a long text', 'x'.repeat(501)],
  ])('goes into quarantine where no database could hold it: %s', (_what, id) => {
    expect(read(id)).toBe('rejected');
  });
});
