import { whyUnstorable } from '../../../src/destinations/files/unstorable';
import { tickets } from '../../../src/streams/tickets';
import { ticket } from '../pages';

test('a time that no folder can be named after', () => {
  expect(whyUnstorable(ticket(1, 253_402_300_799), tickets)).toBeUndefined();
  expect(whyUnstorable(ticket(1, 253_402_300_800), tickets)).toMatch(/9999/);
  expect(whyUnstorable(ticket(1, Number.MAX_SAFE_INTEGER), tickets)).toMatch(/9999/);
});
