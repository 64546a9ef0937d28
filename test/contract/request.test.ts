import type { Position } from '../../src/contract/page';
import { canShrink } from '../../src/contract/request';
import type { StreamName } from '../../src/streams';

test.each<[string, StreamName, Position, number, boolean]>([
  ['many tickets', 'tickets', { endpoint: 'time', startTime: 0 }, 2, true],
  ['one ticket by time, which may be a whole second', 'tickets', { endpoint: 'time', startTime: 0 }, 1, true],
  ['one ticket by cursor', 'tickets', { endpoint: 'cursor', cursor: 'c' }, 1, false],
  [
    'one organization, of which there is no cursor',
    'organizations',
    { endpoint: 'time', startTime: 0 },
    1,
    false,
  ],
  ['a list in pages', 'groups', { endpoint: 'list', sweep: 0, after: null }, 100, true],
  ['a list that comes at once', 'custom_roles', { endpoint: 'list', sweep: 0, after: null }, 1000, false],
])('whether a page too heavy can be made smaller: %s', (_, stream, position, perPage, expected) => {
  expect(canShrink({ stream, position, perPage })).toBe(expected);
});
