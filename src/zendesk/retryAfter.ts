import { quotaOf } from './quota';

/** Without any hint, the export's window of a minute. */
const WINDOW_SECONDS = 60;
/** Asking once an hour does no harm; a misprint of a year would. */
const LONGEST_SECONDS = 3600;
/** Dates as HTTP sends them; `Date.parse` would also find one in "-5". */
const HTTP_DATE = /^[A-Z][a-z]+, .*\d{2}:\d{2}:\d{2} GMT$/;
/** When the account's minute is over, in both recorded spellings. */
const RESETS = ['ratelimit-reset', 'rate-limit-reset'];

/** Seconds to wait after a 429 or 503: what `Retry-After` says, else when the used-up quota is full again. */
export function retryAfterSeconds(headers: Headers): number {
  const quota = quotaOf(headers, 'export') ?? quotaOf(headers, 'users');
  const hints = [
    secondsIn(headers.get('retry-after'), headers.get('date')),
    quota?.remaining === 0 ? quota.resetsInSeconds : Number.NaN,
    ...RESETS.map((name) => secondsIn(headers.get(name), null)),
  ];
  const seconds = hints.find((hint) => !Number.isNaN(hint)) ?? WINDOW_SECONDS;
  // 0 is not recorded from Zendesk; waiting a second keeps it from becoming a hot loop.
  return Math.min(Math.max(1, Math.ceil(seconds)), LONGEST_SECONDS);
}

/**
 * Zendesk sends whole seconds; proxies on the way may send a date. NaN when it is missing or neither.
 * @param date the answer's `Date`, so that a wrong local clock does not change how long a date is away
 */
function secondsIn(header: string | null, date: string | null): number {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  if (!HTTP_DATE.test(text)) return Number.NaN;
  const now = Date.parse(date ?? '');
  return (Date.parse(text) - (Number.isNaN(now) ? Date.now() : now)) / 1000;
}
