import type { Quota } from '../contract/page';

/** Both spellings are recorded; the header is absent on some accounts. */
const HEADERS = ['zendesk-ratelimit-incremental-exports', 'zendesk-rate-limit-incremental-exports'];

/** The export bucket from an answer's headers (`total=10; remaining=9; resets=6`), or null when it is not shown. */
export function quotaOf(headers: Headers): Quota | null {
  for (const name of HEADERS) {
    const parts = new Map(
      (headers.get(name) ?? '').split(';').map((part) => {
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
