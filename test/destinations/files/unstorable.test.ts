import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { hasLoneSurrogate, whyUnstorable } from '../../../src/destinations/files/unstorable';
import { ticket } from '../pages';

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
  '\\n',
  '"',
  'x',
  '🎫',
);

test('is what DuckDB refuses of all that JavaScript takes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 8 }), async (parts) => {
      const json = `{"text":"${parts.join('')}"}`;
      try {
        JSON.parse(json);
      } catch {
        return; // Never gets this far.
      }
      const found = await connection.runAndReadAll('SELECT json_valid($1)', [json]);
      expect(hasLoneSurrogate(json)).toBe(found.getRows()[0]?.[0] === false);
    }),
    { numRuns: 2000 },
  );
});

test('a time that no folder can be named after', () => {
  expect(whyUnstorable(ticket(1, 253_402_300_799))).toBeUndefined();
  expect(whyUnstorable(ticket(1, 253_402_300_800))).toMatch(/9999/);
  expect(whyUnstorable(ticket(1, Number.MAX_SAFE_INTEGER))).toMatch(/9999/);
});
