/** Zendesk sends whole seconds; proxies on the way may send a date. Without either, the export's window is a minute. */
const WINDOW_SECONDS = 60;

/**
 * Seconds to wait after a 429 or 503.
 * @param header `Retry-After`: seconds or an HTTP date; null or garbage counts as missing
 * @param date the answer's `Date`, so that a wrong local clock does not change how long a date is away
 */
export function retryAfterSeconds(header: string | null, date: string | null): number {
  const text = header?.trim() ?? '';
  // 0 is not recorded from Zendesk; waiting a second keeps it from becoming a hot loop.
  if (/^\d+(\.\d+)?$/.test(text)) return Math.max(1, Math.ceil(Number(text)));
  const until = Date.parse(text);
  if (Number.isNaN(until)) return WINDOW_SECONDS;
  const now = Date.parse(date ?? '');
  return Math.max(1, Math.ceil((until - (Number.isNaN(now) ? Date.now() : now)) / 1000));
}
