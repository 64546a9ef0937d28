import type { PageResult, QuotaSeen } from '../contract/page';
import type { Written } from '../destinations/destination';
import type { FetchedPage } from '../zendesk/fetchedPage';
import { firstSecond, lastSecond } from './boundary';
import type { Attempt } from './checkpoint';
import { newKeysOf } from './newKeys';
import type { Quarantine } from './quarantine';
import type { Selection } from './select';

/** The result where everything up to the last minute has been read already. */
export function caughtUp(attempt: Attempt): PageResult {
  return { ...NOTHING, requests: requestsOf(1, attempt) };
}

/** The result of a page of a pinned second: nothing of it is written. */
export function pinnedResult(page: FetchedPage, attempt: Attempt): PageResult {
  return { ...answerOf(page, attempt), pinned: true };
}

/** The result of a page that is written. */
export function writtenResult(
  page: FetchedPage,
  attempt: Attempt,
  { write, repeated, filtered }: Selection,
  quarantine: Quarantine,
  { unstorable, swept }: Written,
): PageResult {
  return {
    ...answerOf(page, attempt),
    written: write.length - unstorable,
    deleted: write.filter((record) => record.deleted).length + swept,
    repeated: repeated + quarantine.repeated,
    filtered,
    quarantined: quarantine.fresh.length + unstorable,
  };
}

/** What the answer alone says, before anything is written. */
export function answerOf(page: FetchedPage, attempt: Attempt): PageResult {
  const { records, rejected, bytes, endTime, afterCursor, endOfStream } = page;
  const last = lastSecond(records);
  return {
    ...NOTHING,
    received: records.length + rejected.length,
    bytes,
    first: firstSecond(records),
    last,
    onLastSecond: records.filter(({ version }) => version === last).length,
    endTime,
    afterCursor,
    endOfStream,
    newKeys: newKeysOf(records),
    requests: requestsOf(page.requests, attempt),
    quota: quotaSeen(page),
  };
}

/** Every failed attempt before has cost one. */
function requestsOf(own: number, { number }: Attempt): number {
  return own + number - 1;
}

function quotaSeen({ quota, askedAt, answeredAt }: FetchedPage): QuotaSeen | null {
  const ago = (moment: number): number => Math.round(performance.now() - moment);
  return quota === null ? null : { ...quota, askedMsAgo: ago(askedAt), answeredMsAgo: ago(answeredAt) };
}

const NOTHING: PageResult = {
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
  endOfStream: true,
  pinned: false,
  newKeys: [],
  requests: 1,
  quota: null,
};
