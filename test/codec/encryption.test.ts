import { randomBytes } from 'node:crypto';
import type { Payload } from '@temporalio/common';
import fc from 'fast-check';
import { decrypt, encrypt, Undecryptable } from '../../src/temporal/codec/encryption';
import { codecKeys, NO_KEYS } from '../../src/account/codecKeys';

const keysOf = (...ids: string[]) =>
  codecKeys.parse(ids.map((id) => `${id}:${randomBytes(32).toString('base64')}`).join(','));
const KEYS = keysOf('a');
const PLAIN: Payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"acme"') };

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const payloads = fc.record({
  metadata: fc.dictionary(fc.stringMatching(/^[a-z-]{1,20}$/), bytes),
  data: bytes,
});

test('what was encrypted is decrypted to the same payload', () => {
  fc.assert(
    fc.property(payloads, (payload) => {
      const { metadata, data } = decrypt(encrypt(payload, KEYS), KEYS);
      expect({ ...metadata }).toEqual({ ...payload.metadata });
      expect(Buffer.from(data ?? [])).toEqual(payload.data);
    }),
  );
});

test('the metadata names the encoding, the cipher and the key, and nothing else is readable', () => {
  const { metadata, data } = encrypt(PLAIN, KEYS);
  const named = Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString()]);
  expect(Object.fromEntries(named)).toEqual({
    encoding: 'binary/encrypted',
    'encryption-cipher': 'AES-256-GCM',
    'encryption-key-id': 'a',
  });
  expect(Buffer.from(data ?? []).includes('acme')).toBe(false);
});

test('the same payload never looks the same twice', () => {
  expect(encrypt(PLAIN, KEYS).data).not.toEqual(encrypt(PLAIN, KEYS).data);
});

test('a payload that is not encrypted comes back as it is', () => {
  expect(decrypt(PLAIN, KEYS)).toBe(PLAIN);
  expect(encrypt(PLAIN, NO_KEYS)).toBe(PLAIN);
});

test.each([
  [
    'of another key',
    keysOf('b', 'c'),
    'encrypted with the key "a", but EXPORT_CODEC_KEYS has only b, c: add the key',
  ],
  [
    'without any key',
    NO_KEYS,
    'encrypted with the key "a", but EXPORT_CODEC_KEYS is not set here: add the key',
  ],
  ['of another key of the same id', keysOf('a'), 'does not fit'],
])('one %s says so', (_, keys, message) => {
  expect(() => decrypt(encrypt(PLAIN, KEYS), keys)).toThrow(Undecryptable);
  expect(() => decrypt(encrypt(PLAIN, KEYS), keys)).toThrow(message);
});

test('one that was altered anywhere, or cut, says so', () => {
  const { metadata = null, data } = encrypt(PLAIN, KEYS);
  const whole = Buffer.from(data ?? []);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, bits, cut) => {
      const altered = cut ? whole.subarray(0, at) : Buffer.from(whole);
      if (!cut) altered.writeUInt8(altered.readUInt8(at) ^ bits, at);
      expect(() => decrypt({ metadata, data: altered }, KEYS)).toThrow(Undecryptable);
    }),
  );
});
