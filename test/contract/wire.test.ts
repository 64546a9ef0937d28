import type { PageRequest } from '../../src/contract/page';
import { toWireRequest, toWireResult, fromWireRequest, fromWireResult } from '../../src/contract/wire';
import { EMPTY_PAGE } from '../workflows/emptyPage';

const KEY = { exportId: 'first', epoch: 1, page: 7 };
const USUAL: PageRequest = {
  subdomain: 'demo',
  key: KEY,
  range: 0,
  stream: 'tickets',
  position: { endpoint: 'time', startTime: 5 },
  perPage: 1000,
  include: [],
  supportTypeScope: 'all',
  excludeDeleted: false,
};
const quota = { total: 10, remaining: 9, resetsInSeconds: 60, askedMsAgo: 5, answeredMsAgo: 1 };

test.each<[string, PageRequest]>([
  ['usual', USUAL],
  ['unusual', { ...USUAL, include: ['users'], supportTypeScope: 'agent', excludeDeleted: true, until: 9 }],
  ['after another page', { ...USUAL, previous: { ...KEY, page: 6 } }],
  ['after a page of an earlier export', { ...USUAL, previous: { ...KEY, exportId: 'earlier' } }],
  ['after a page of another epoch', { ...USUAL, previous: { ...KEY, epoch: 0 } }],
])('a request that is %s is the same after its way through the history', (_, request) => {
  expect(fromWireRequest(toWireRequest(request))).toEqual(request);
});

test('nothing usual of a request enters the history', () => {
  expect(toWireRequest({ ...USUAL, previous: { ...KEY, page: 6 } })).toEqual({
    subdomain: 'demo',
    key: KEY,
    range: 0,
    position: USUAL.position,
    perPage: 1000,
    previous: 6,
  });
});

test.each([
  ['usual', EMPTY_PAGE],
  [
    'unusual',
    { ...EMPTY_PAGE, deleted: 3, endOfStream: true, pinned: true, newKeys: ['mood'], requests: 2, quota },
  ],
])('a summary that is %s is the same after its way through the history', (_, summary) => {
  expect(fromWireResult(toWireResult(summary))).toEqual(summary);
});
