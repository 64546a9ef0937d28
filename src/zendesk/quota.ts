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
      return accountQuota(headers);
    case 'token':
      return null;
  }
}

/** Both spellings of each are recorded; the headers are absent on some accounts. */
const SPELLINGS = ['zendesk-ratelimit', 'zendesk-rate-limit'];
const ACCOUNT_SPELLINGS = { total: 'x-rate-limit', remaining: 'x-rate-limit-remaining' };
const RESETS = ['ratelimit-reset', 'rate-limit-reset'];
const LONGEST_RESET_SECONDS = 60;

/** Every answer shows the limit of the whole account. */
function accountQuota(headers: Headers): Quota | null {
  const numberIn = (name: string): number | undefined => {
    const text = headers.get(name);
    return text === null || text.trim() === '' ? undefined : Number(text);
  };
  const total = numberIn(ACCOUNT_SPELLINGS.total);
  const remaining = numberIn(ACCOUNT_SPELLINGS.remaining);
  const resets = RESETS.map(numberIn).find(isCount) ?? LONGEST_RESET_SECONDS;
  return isCount(total) && isCount(remaining) ? { total, remaining, resetsInSeconds: resets } : null;
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
