import type { Quota } from '../contract/page';
import type { Bucket } from './holds';

/** Both spellings are recorded; the header is absent on some accounts. */
const SPELLINGS = ['zendesk-ratelimit', 'zendesk-rate-limit'];

const NAMES: Readonly<Record<Bucket, string | null>> = {
  export: 'incremental-exports',
  users: 'incremental-exports-cursor',
  account: null,
  token: null,
};

/** A bucket from an answer's headers (`total=10; remaining=9; resets=6`), or null when it is not shown. */
export function quotaOf(headers: Headers, bucket: Bucket): Quota | null {
  const { [bucket]: name } = NAMES;
  if (name === null) return null;
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
