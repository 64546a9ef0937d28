import { joinForSqlOverwriting, joinOverwriting } from '../../src/destinations/recordText';
import { PageMemory } from '../../src/pageMemory';

const LINE_FEED = 0x0a;
const LONG = 'x'.repeat(10_000);

/** Records as parts of one body, as a page's tickets are. */
function inBody(
  before: string,
  records: readonly string[],
  after: string,
): { body: Buffer; parts: Buffer[] } {
  const text = before + records.join(',') + after;
  const body = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  body.write(text);
  new PageMemory(body.buffer);
  let at = before.length;
  const parts = records.map((record) => {
    const part = body.subarray(at, at + record.length);
    at += record.length + 1;
    return part;
  });
  return { body, parts };
}

const RECORDS = [`{"a":"${LONG}"}`, '{"b":2}', '{"c":3}'];
const LINES = RECORDS.map((record) => `${record}\n`);

test('records that lie in a body one after another are joined where they are, and outlive the text', () => {
  const { body, parts } = inBody('{"tickets":[', RECORDS, '],"count":3}');
  const { text, release } = joinOverwriting(parts, LINE_FEED);
  expect(text.toString()).toBe(LINES.join(''));
  expect(text.buffer).toBe(body.buffer);
  expect(parts.map(String)).toEqual(RECORDS);
  expect(body.toString()).toBe(`{"tickets":[${LINES.join('')},"count":3}`);
  release();
  expect(parts.map(String)).toEqual(RECORDS);
});

test.each([
  [
    'one of them is left out',
    (): Buffer[] => inBody('[', RECORDS, ']').parts.filter((_, index) => index !== 1),
  ],
  ['their order is another', (): Buffer[] => inBody('[', RECORDS, ']').parts.toReversed()],
  ['the body ends with the last of them', (): Buffer[] => inBody('[', RECORDS, '').parts],
  ['each lies in memory of its own', (): Buffer[] => RECORDS.map((record) => Buffer.from(record))],
  [
    'they lie in memory that Node shares, beside what is not theirs',
    (): Buffer[] => ['{"b":2}', '{"c":3}', '{"d":44}'].map((record) => Buffer.from(record)),
  ],
  ['there are none', (): Buffer[] => []],
])('they are copied, and the copy can be freed, when %s', (_, make) => {
  const records = make();
  const expected = records.map((record) => `${String(record)}\n`);
  const { text, release } = joinOverwriting(records, LINE_FEED);
  expect(text.toString()).toBe(expected.join(''));
  release();
  expect(text).toHaveLength(0);
  expect(records.map((record) => `${String(record)}\n`)).toEqual(expected);
});

test('a text for a database has separators between records only', () => {
  const { parts } = inBody('[', RECORDS, ']');
  expect(joinForSqlOverwriting(parts).text.toString()).toBe(RECORDS.join('\u001e'));
  expect(joinForSqlOverwriting(RECORDS).text.toString()).toBe(RECORDS.join('\u001e'));
});
