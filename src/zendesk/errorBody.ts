import { jsonOrUndefined } from '../json';

/**
 * The code and sentence of an error body. Zendesk answers with `error` as a string or an object, with `errors` as a
 * list, with plain text, HTML or nothing, under any content type: so the body comes as text, and is parsed if it parses.
 */
export interface ErrorBody {
  /** `StartTimeTooRecent`, `invalid_token`, …; empty when the body names none. */
  readonly code: string;
  readonly text: string;
}

const LONGEST = 200;

export function readErrorBody(body: string): ErrorBody {
  const trimmed = body.trim();
  if (trimmed === '') return { code: '', text: 'empty answer' };
  if (trimmed.startsWith('<')) return { code: '', text: `HTML page ${titleOf(trimmed)}`.trim() };
  const json = jsonOrUndefined(trimmed);
  if (!isRecord(json)) return { code: '', text: shorten(trimmed) };
  const first = Array.isArray(json['errors']) ? (json['errors'] as unknown[])[0] : undefined;
  const error = isRecord(first) ? first : isRecord(json['error']) ? json['error'] : json;
  const code = textOf(error, ['code', 'error', 'title']);
  const text = textOf(error, ['description', 'error_description', 'message', 'detail', 'title', 'error']);
  const parts = [...new Set([code, text])].filter((part) => part !== '');
  return { code, text: parts.length === 0 ? 'JSON without an explanation' : shorten(parts.join(': ')) };
}

/** True for an HTML page in place of JSON: a proxy's error or log-in page, also seen with status 200. */
export function isHtml(body: string): boolean {
  return body.trimStart().startsWith('<');
}

function textOf(record: Record<string, unknown>, keys: readonly string[]): string {
  for (const key of keys) {
    const value = record[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}

function titleOf(html: string): string {
  const title = /<title>([^<]*)<\/title>/i.exec(html)?.[1]?.trim() ?? '';
  return title === '' ? '' : `"${shorten(title)}"`;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
