/** Zendesk sends whole seconds; proxies on the way may send a date. Without either, the export's window is a minute. */
const WINDOW_SECONDS = 60;
/** Asking once an hour does no harm; a misprint of a year would. */
const LONGEST_SECONDS = 3600;
/** Dates as HTTP sends them; `Date.parse` would also find one in "-5". */
const HTTP_DATE = /^[A-Z][a-z]+, .*\d{2}:\d{2}:\d{2} GMT$/;

/**
 * Seconds to wait after a 429 or 503.
 * @param header `Retry-After`: seconds or an HTTP date; null or garbage counts as missing
 * @param date the answer's `Date`, so that a wrong local clock does not change how long a date is away
 */
export function retryAfterSeconds(header: string | null, date: string | null): number {
  const text = header?.trim() ?? '';
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : secondsUntil(text, date);
  if (Number.isNaN(seconds)) return WINDOW_SECONDS;
  // 0 is not recorded from Zendesk; waiting a second keeps it from becoming a hot loop.
  return Math.min(Math.max(1, Math.ceil(seconds)), LONGEST_SECONDS);
}

/** NaN when `text` is no date. */
function secondsUntil(text: string, date: string | null): number {
  if (!HTTP_DATE.test(text)) return Number.NaN;
  const now = Date.parse(date ?? '');
  return (Date.parse(text) - (Number.isNaN(now) ? Date.now() : now)) / 1000;
}
