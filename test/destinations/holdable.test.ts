import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { holdable } from '../../src/destinations/holdable';
import { textOf, type Json } from '../../src/destinations/recordText';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
});
afterAll(() => {
  instance.closeSync();
});

const pieces = fc.constantFrom(
  '\\\\',
  '\\u',
  'd83d',
  'DE00',
  '\\ud83d',
  '\\uDE00',
  '\\u0041',
  '\\u0000',
  '\\n',
  '"',
  'x',
  '🎫',
);

/** Every text that JavaScript takes. */
function texts(check: (json: string, text: string) => Promise<void>): Promise<void> {
  return fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 8 }), async (parts) => {
      const json = `{"text":"${parts.join('')}"}`;
      let parsed: unknown;
      try {
        parsed = JSON.parse(json);
      } catch {
        return; // Never gets this far.
      }
      await check(json, (parsed as { text: string }).text);
    }),
    { numRuns: 2000 },
  );
}

const textIn = (json: Json): unknown => (JSON.parse(textOf(json)) as { text: unknown }).text;
const isValid = async (json: string): Promise<boolean> =>
  (await connection.runAndReadAll('SELECT json_valid($1)', [json])).getRows()[0]?.[0] === true;

test('what DuckDB refuses is replaced, and nothing else', async () => {
  await texts(async (json, text) => {
    const held = holdable(json, true);
    expect(held.replaced !== undefined).toBe(!(await isValid(json)));
    expect(await isValid(textOf(held.json))).toBe(true);
    expect(textIn(held.json)).toBe(text.replace(/\p{Surrogate}/gu, '\ufffd'));
    if (held.replaced === undefined) expect(held.json).toBe(json);
  });
});

test('U+0000 is replaced where a store cannot hold it', async () => {
  await texts(async (json, text) => {
    const { json: held, replaced } = holdable(json, false);
    expect(textIn(held)).toBe(text.replace(/\p{Surrogate}|\0/gu, '\ufffd'));
    expect(replaced?.includes('U+0000') ?? false).toBe(text.includes('\0'));
    return Promise.resolve();
  });
});

test('the bytes of a record that needs nothing are handed on', () => {
  const json = Buffer.from(String.raw`{"a":"\\ud800 \ud83d\ude00 \\u0000"}`);
  expect(holdable(json, false)).toEqual({ json });
  expect(holdable(json, false).json).toBe(json);
});
