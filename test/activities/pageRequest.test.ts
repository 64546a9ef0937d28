import { createActivities } from '../../activities';
import type { Resources } from '../../activities/resources';
import { parsePageRequest } from '../../activities/pageRequest';
import type { WireRequest } from '../../src/contract/wire';
import { InvalidInput } from '../../src/contract/input';

const REQUEST = {
  subdomain: 'demo',
  key: { exportId: '01a21051-95fb-7cdc-876b-6d69dd271a66', epoch: 0, page: 7 },
  range: 0,
  position: { endpoint: 'time', startTime: 0 },
  perPage: 1000,
  previous: 6,
};

test('a request is what the workflow made it from', () => {
  expect(
    parsePageRequest({ ...REQUEST, excludeUpdatedBefore: -131.5, until: 9, of: 'a later release' }),
  ).toEqual({
    ...REQUEST,
    stream: 'tickets',
    previous: { ...REQUEST.key, page: 6 },
    include: [],
    supportTypeScope: 'all',
    excludeDeleted: false,
    excludeUpdatedBefore: -131.5,
    until: 9,
  });
});

const odd: readonly (readonly [string, unknown])[] = [
  ['all of it', null],
  ['all of it', 'text'],
  ['subdomain', { ...REQUEST, subdomain: '../demo' }],
  ['subdomain', { ...REQUEST, subdomain: 'demo.evil.example' }],
  ['key.epoch', { ...REQUEST, key: { ...REQUEST.key, epoch: '/../../tmp/x' } }],
  ['key.page', { ...REQUEST, key: { ...REQUEST.key, page: 2 ** 31 } }],
  ['key.exportId', { ...REQUEST, key: { ...REQUEST.key, exportId: '../..' } }],
  ['key.exportId', { ...REQUEST, key: { ...REQUEST.key, exportId: 'x'.repeat(101) } }],
  ['previous', { ...REQUEST, previous: { ...REQUEST.key, page: -1 } }],
  ['position', { ...REQUEST, position: { endpoint: 'users', startTime: 0 } }],
  ['position', { ...REQUEST, position: { endpoint: 'time', cursor: 'c' } }],
  ['position', { ...REQUEST, position: { endpoint: 'time', startTime: 1_750_000_000_000 } }],
  ['position', { ...REQUEST, position: { endpoint: 'cursor', cursor: 'a b' } }],
  ['position', { ...REQUEST, position: { endpoint: 'list', sweep: 1_750_000_000, after: null } }],
  ['position', { ...REQUEST, stream: 'groups' }],
  ['perPage', { ...REQUEST, perPage: 1001 }],
  ['include.0', { ...REQUEST, include: ['users,../x'] }],
];

test.each(odd)('a request is refused by the name of what is wrong: %s in %j', (part, asked) => {
  expect(() => parsePageRequest(asked)).toThrow(InvalidInput);
  expect(() => parsePageRequest(asked)).toThrow(part);
});

test('what is wrong is not quoted', () => {
  expect(() => parsePageRequest({ ...REQUEST, subdomain: 'hidden/', perPage: 'hidden' })).not.toThrow(
    'hidden',
  );
});

test('a bad request fails the workflow, and nothing is opened for it', async () => {
  const activities = createActivities({
    accounts: { of: () => fail('asked for an account'), subdomains: () => [] },
  } as unknown as Resources);
  for (const [, asked] of odd) {
    await expect(activities.exportPage(asked as WireRequest)).rejects.toMatchObject({
      type: 'InvalidInput',
      nonRetryable: true,
    });
  }
});

function fail(message: string): never {
  throw new Error(message);
}
