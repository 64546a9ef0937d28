/**
 * Points in time as people type them: ISO 8601, Unix seconds (number or digits), or 0 for "everything".
 * Pure, because the workflow checks signal payloads with it as well as the worker checks inputs.
 */

/** The export refuses a start_time younger than 60 s (400 StartTimeTooRecent); one more second for rounding. */
export const HOLD_BACK_SECONDS = 61;

/**
 * A request that saw the end of the stream has seen everything that was generated this long before it was sent: Zendesk
 * holds changes back for a minute, and its clock need not be ours.
 */
export const SETTLED_SECONDS = 5 * 60;
/** Another machine's clock may differ from ours: only a time further ahead than this is taken for impossible. */
export const CLOCK_SKEW_SECONDS = 10 * 60;

/** A month: far beyond it, a timer of Temporal would fail. */
export const LONGEST_PAUSE_SECONDS = 31 * 86_400;

const ISO = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
export const YEAR_9999 = 253_402_300_799;

/** Unix seconds, or undefined when `value` is not a valid time. A time without a zone is UTC. */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === 'number') return isUnixSeconds(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return parseTime(Number(text));
  const [, day] = ISO.exec(text) ?? [];
  if (day === undefined || !isCalendarDay(day)) return undefined;
  const zoned = text.includes('T') && !/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? `${text}Z` : text;
  const milliseconds = Date.parse(zoned);
  return Number.isNaN(milliseconds) ? undefined : parseTime(Math.floor(milliseconds / 1000));
}

/** `2024-03-02T11:20:00Z` for Unix seconds. Never throws: a number that no date can stand for is shown as it is. */
export function iso(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `Unix time ${seconds}` : date.toISOString().replace('.000Z', 'Z');
}

export const TIME_FORMS = 'ISO 8601 (2024-01-01T00:00:00Z), Unix seconds, or 0 for everything';

/** What to say of a value that {@link parseTime} refused. */
export function describeBadTime(value: unknown): string {
  // JSON may hold an object that cannot be made a text: {"toString": 1}.
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  const seconds = Math.floor(Number(text) / 1000);
  // Between 2001 and 2286.
  if (/^\d{13}$/.test(text))
    return `${echo(value)} looks like milliseconds: did you mean ${seconds} (${iso(seconds)})?`;
  return `${echo(value)} is not a valid time: ${TIME_FORMS}`;
}

const LONGEST_QUOTE = 60;

/** A refused value as its author typed it, but not at length. */
export function echo(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}

// `Date.parse` takes 2023-02-31 for 2023-03-03, and the export would start three days late.
function isCalendarDay(day: string): boolean {
  const milliseconds = Date.parse(day);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(day);
}

// Milliseconds are the usual slip: 1704067200000 would be a year far beyond 9999.
export function isUnixSeconds(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= YEAR_9999;
}
