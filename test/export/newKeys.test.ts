import fc from 'fast-check';
import { newKeysOf } from '../../src/export/newKeys';
import { textOf } from '../../src/destinations/recordText';
import type { RecordVersion } from '../../src/streams/record';
import { recordReader } from '../../src/zendesk/recordReader';
import { documentedKeys } from '../../src/streams/stream';
import { tickets } from '../../src/streams/tickets';
import { NOON, read } from '../destinations/pages';
import { holds } from '../property/property';
import { closeStages, script, ticket } from './stage';

afterEach(closeStages);

const TICKET_KEYS = documentedKeys(tickets);
const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'sentiment', ...TICKET_KEYS));
const records = fc.array(fc.dictionary(key, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 15 }), {
  maxLength: 8,
});

const shown = (name: string): string => name.slice(0, 64).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd');

test('a new key is found whatever it is called, and the record is kept as it came', async () => {
  await holds(records, 300, async (list) => {
    const texts = list.map((fields, index) =>
      // Own keys only: a dictionary of fast-check may have no prototype.
      JSON.stringify({ ...fields, id: index + 1, generated_timestamp: NOON }),
    );
    const versions = texts.map((text) => read(text));
    expect(versions.map(({ json }) => textOf(json))).toEqual(texts);
    const unknown = new Set(
      texts
        .flatMap((text) => Object.keys(JSON.parse(text) as object))
        .filter((name) => !TICKET_KEYS.has(name)),
    );
    const found = newKeysOf(versions);
    expect(found.length).toBe(Math.min(10, new Set([...unknown].map(shown)).size));
    for (const name of found) expect([...unknown].some((other) => shown(other) === name)).toBe(true);
  });
});

test('a ticket of documented keys only carries nothing more', () => {
  const all = Object.fromEntries([...TICKET_KEYS].map((name) => [name, null]));
  const record = recordReader(tickets).read(
    JSON.stringify({ ...all, id: 1, generated_timestamp: NOON }),
  ) as RecordVersion;
  expect(record).not.toHaveProperty('unknownKeys');
});

test('an export reports a new key once, and a page at most ten', async () => {
  const odd = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index}`.padEnd(200, 'x'), 1]));
  const { start, destination } = await script((_url, index) => ({
    tickets: [ticket(index + 1, NOON + index, index < 2 ? { sentiment: 'good' } : odd)],
    count: 1,
    end_time: NOON + index,
    end_of_stream: index === 2,
  }));
  const drive = start();
  expect(await drive.run()).toBe('end');
  expect(drive.pages.map(({ newKeys }) => newKeys.length)).toEqual([1, 1, 10]);
  expect(drive.status.newFields).toHaveLength(11);
  expect(drive.status.newFields[0]).toBe('sentiment');
  expect(destination.tickets.get(1)?.json).toContain('"sentiment":"good"');
});
