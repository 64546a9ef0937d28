import { whyUnstorable } from '../../../src/destinations/files/unstorable';
import { ticket } from '../pages';

test('a time that no folder can be named after', () => {
  expect(whyUnstorable(ticket(1, 253_402_300_799))).toBeUndefined();
  expect(whyUnstorable(ticket(1, 253_402_300_800))).toMatch(/9999/);
  expect(whyUnstorable(ticket(1, Number.MAX_SAFE_INTEGER))).toMatch(/9999/);
});
