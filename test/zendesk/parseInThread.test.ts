import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { parseInThread } from '../../src/zendesk/parseInThread';

const POSITION = { endpoint: 'time', startTime: 0 } as const;

const ENCODINGS: readonly (readonly [string | null, (body: Buffer) => Buffer])[] = [
  [null, (body) => body],
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
];

// Node shares one buffer among small ones, of 8 or 64 KB by its version, and does not hand it to another thread.
const SIZES = [80, 100, 1000, 3900, 4095, 4096, 4097, 8191, 8192, 8193, 9000, 32_000, 33_000, 65_536, 70_000];

test.each(ENCODINGS)('a page of any size comes back from the thread: %s', async (encoding, compress) => {
  for (const size of SIZES) {
    const body = pageOf(size);
    const content = Uint8Array.from(compress(body));
    const read = await parseInThread({
      content,
      encoding,
      stream: 'tickets',
      position: POSITION,
      perPage: 1000,
    });
    expect(read).toMatchObject({ bytes: size, endTime: 1, records: [{ id: 7 }] });
  }
});

test.each(ENCODINGS)(
  'a body of a few bytes is a named problem, not an error of this program: %s',
  async (encoding, compress) => {
    for (let size = 0; size < 70; size += 1) {
      const content = Uint8Array.from(compress(pageOf(80).subarray(0, size)));
      const read = await parseInThread({
        content,
        encoding,
        stream: 'tickets',
        position: POSITION,
        perPage: 1000,
      });
      expect(read).toMatchObject({
        problem: expect.stringMatching(/broken JSON|in place of JSON/) as unknown,
        kind: 'unavailable',
      });
    }
  },
);

test('objects of other tables come back with their page, and live as long', async () => {
  const user = '{"id":3,"updated_at":"2024-01-01T00:00:00Z"}';
  const set = '{"id":4}';
  const ticket = `{"id":7,"generated_timestamp":1,"metric_set":${set}}`;
  const tickets = ['', '{"id":"x"}', ticket, `{"id":"x","metric_set":${set}}`];
  for (const list of tickets) {
    const body = `{"tickets":[${list}],"users":[${user}],"end_time":1,"end_of_stream":true}`;
    const page = await parseInThread({
      content: Uint8Array.from(Buffer.from(body)),
      encoding: null,
      stream: 'tickets',
      position: POSITION,
      perPage: 1000,
    });
    if ('problem' in page) throw new Error(page.problem);
    const texts = (): string[] =>
      [...page.sideloads.values()].flat().map(({ json }) => Buffer.from(json).toString());
    expect(texts()).toEqual([...(list.includes('metric_set') ? [set] : []), user]);
    page.memory.release();
    expect(texts().at(-1)).toBe('');
  }
});

/** One ticket, padded to a size in bytes. */
function pageOf(size: number): Buffer {
  const page = (text: string): string =>
    `{"tickets":[{"id":7,"generated_timestamp":1,"subject":"${text}"}],"end_time":1}`;
  return Buffer.from(page('x'.repeat(size - page('').length)));
}
