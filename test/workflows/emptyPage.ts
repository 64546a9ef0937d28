import type { PageResult } from '../../src/contract/page';

export const EMPTY_PAGE: PageResult = {
  received: 0,
  written: 0,
  deleted: 0,
  repeated: 0,
  filtered: 0,
  quarantined: 0,
  bytes: 0,
  first: null,
  last: null,
  onLastSecond: 0,
  endTime: null,
  afterCursor: null,
  endOfStream: false,
  pinned: false,
  requests: 1,
  newKeys: [],
  quota: null,
};
