import { PageMemory, unreleased } from '../src/pageMemory';
import { bytesOf, joinOverwriting, textOf } from '../src/destinations/recordText';

const LINE_FEED = 0x0a;

function pageOf(text: string): { body: Buffer; memory: PageMemory } {
  const body = Buffer.allocUnsafeSlow(text.length);
  body.write(text);
  return { body, memory: new PageMemory(body.buffer) };
}

test('joining records in place overwrites the byte after each, and nothing else', () => {
  const { body, memory } = pageOf('[{},{"a":1}]');
  const joined = memory.joinOverwriting([body.subarray(1, 3), body.subarray(4, 11)], LINE_FEED);
  expect(joined?.toString()).toBe('{}\n{"a":1}\n');
  expect(body.toString()).toBe('[{}\n{"a":1}\n');
});

test('records that do not lie in it one after another are left as they are', () => {
  const { body, memory } = pageOf('[{},{"a":1}]');
  const records = [body.subarray(4, 11), body.subarray(1, 3)];
  expect(memory.joinOverwriting(records, LINE_FEED)).toBeUndefined();
  expect(memory.joinOverwriting([Buffer.from('{}')], LINE_FEED)).toBeUndefined();
  expect(body.toString()).toBe('[{},{"a":1}]');
});

test('a record is known to belong to its page, and other memory to none', () => {
  const { body, memory } = pageOf('[{}]');
  expect(PageMemory.of(body.subarray(1, 3))).toBe(memory);
  expect(PageMemory.of(Buffer.from('{}'))).toBeUndefined();
});

test.each([
  ['as bytes', bytesOf],
  ['as text', textOf],
  ['joined', (record: Uint8Array) => joinOverwriting([record], LINE_FEED)],
  ['by itself', unreleased],
])('reading a record %s fails once the memory of its page is released', (_, read) => {
  const { body, memory } = pageOf('[{}]');
  const record = body.subarray(1, 3);
  read(record);
  memory.release();
  expect(() => read(record)).toThrow('after the memory of its page was released');
});
