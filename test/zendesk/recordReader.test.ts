import { textOf } from '../../src/destinations/recordText';
import type { RecordVersion, RejectedRecord } from '../../src/streams/record';
import { recordReader } from '../../src/zendesk/recordReader';
import type { Stream } from '../../src/streams/stream';
import { tickets } from '../../src/streams/tickets';
import { MalformedJson } from '../../src/zendesk/jsonLexer';

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
    ...tickets,
    name: 'events',
    version: 'timestamp',
    deleted: { key: 'kind', is: 'removed' },
    columns: { ticket_id: 'integer' },
    otherKeys: ['kind'],
    sideloads: [{ name: 'authors', hasTable: true, nestedIn: 'author' }],
  };
  const read = (record: object): RecordVersion | RejectedRecord =>
    recordReader(events).read(JSON.stringify(record));

  test('has the version, the mark of deletion and the documented keys that its descriptor names', () => {
    const record = { id: 7, timestamp: 5, kind: 'removed', ticket_id: 1, author: {}, status: 'deleted' };
    expect(read(record)).toMatchObject({ version: 5, deleted: true, unknownKeys: ['status'] });
    expect(read({ id: 7, timestamp: 5, status: 'deleted' })).toMatchObject({ deleted: false });
  });

  test('is read with care where a typed value is not of its type', () => {
    expect(read({ id: 7, timestamp: 5, ticket_id: 'x' })).toMatchObject({ odd: true });
    expect(read({ id: 7, timestamp: 5, requester_id: 'x' })).not.toHaveProperty('odd');
  });

  test('is rejected without its own version, which the reason names', () => {
    expect(read({ id: 7, generated_timestamp: 5 })).toMatchObject({
      kind: 'rejected',
      reason: expect.stringMatching(/^timestamp: /) as unknown,
    });
  });
});
