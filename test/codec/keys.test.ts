import { randomBytes } from 'node:crypto';
import { codecKeys } from '../../src/account/codecKeys';

const SECRET = randomBytes(32).toString('base64');
const OTHER = randomBytes(32).toString('base64');

test('the first key encrypts, every key decrypts', () => {
  const { current, byId } = codecKeys.parse(`2026-11:${SECRET}, old:${OTHER}`);
  expect(current).toEqual({ id: '2026-11', secret: Buffer.from(SECRET, 'base64') });
  expect([...byId.keys()]).toEqual(['2026-11', 'old']);
});

test.each([
  ['a key without an id', SECRET, 'entry 1 must be id:key'],
  ['an id without a key', `a:${SECRET},b:`, 'entry 2 must be id:key'],
  ['key and id the wrong way round', `${SECRET}:a`, 'entry 1 must be id:key'],
  ['a comma too many', `a:${SECRET},`, 'entry 2 must be id:key'],
  ['a key that is too short', 'a:c2hvcnQ=', 'the key a must be 32 bytes in base64'],
  ['a key in hex', `a:${randomBytes(32).toString('hex')}`, 'the key a must be 32 bytes in base64'],
  ['one id for two keys', `a:${SECRET},a:${OTHER}`, 'the id a is used twice'],
])('%s is a problem, named without the key', (_, text, problem) => {
  const { error } = codecKeys.safeParse(text);
  expect(error?.issues.map(({ message }) => message)).toEqual([expect.stringContaining(problem)]);
  expect(error?.message).not.toContain(SECRET.slice(0, 10));
});

test('every problem is named', () => {
  const { error } = codecKeys.safeParse(`${SECRET},b:short,c:${OTHER}`);
  expect(error?.issues).toHaveLength(2);
});
