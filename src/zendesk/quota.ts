import type { Quota } from '../contract/page';
import type { Bucket } from './holds';

/** A bucket from an answer's headers, or null when it is not shown. */
export function quotaOf(headers: Headers, bucket: Bucket): Quota | null {
  switch (bucket) {
    case 'export':
      return endpointQuota(headers, 'incremental-exports');
    case 'users':
      return endpointQuota(headers, 'incremental-exports-cursor');
    case 'account':
    case 'search':
      // Of searches no header of their own is known.
      return accountQuota(headers);
    case 'token':
      return null;
  }
}

/** All of these spellings are recorded; the headers are absent on some accounts. */
const SPELLINGS = ['zendesk-ratelimit', 'zendesk-rate-limit'];
const ACCOUNT_HEADERS = {
  total: ['x-rate-limit', 'ratelimit-limit', 'rate-limit'],
  remaining: ['x-rate-limit-remaining', 'ratelimit-remaining', 'rate-limit-remaining'],
  resets: ['ratelimit-reset', 'rate-limit-reset'],
};
const LONGEST_RESET_SECONDS = 60;

/** Every answer shows the limit of the whole account. */
function accountQuota(headers: Headers): Quota | null {
  const countIn = (names: readonly string[]): number | undefined =>
    names.map((name) => Number(headers.get(name)?.trim() || Number.NaN)).find(isCount);
  const total = countIn(ACCOUNT_HEADERS.total);
  const remaining = countIn(ACCOUNT_HEADERS.remaining);
  const resetsInSeconds = countIn(ACCOUNT_HEADERS.resets) ?? LONGEST_RESET_SECONDS;
  return total === undefined || remaining === undefined ? null : { total, remaining, resetsInSeconds };
}

/** Of an endpoint: `total=10; remaining=9; resets=6`. */
function endpointQuota(headers: Headers, name: string): Quota | null {
  for (const spelling of SPELLINGS) {
    const parts = new Map(
      (headers.get(`${spelling}-${name}`) ?? '').split(';').map((part) => {
        const [key = '', value = ''] = part.split('=');
        return [key.trim().toLowerCase(), Number(value.trim() || Number.NaN)] as const;
      }),
    );
    const [total, remaining, resetsInSeconds] = ['total', 'remaining', 'resets'].map((key) => parts.get(key));
    if (isCount(total) && isCount(remaining) && isCount(resetsInSeconds)) {
      return { total, remaining, resetsInSeconds };
    }
  }
  return null;
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0;
}
