import { foreignText } from '../foreignText';
import { jsonOrUndefined } from '../json';

/**
 * The code and sentence of an error body. Zendesk answers with `error` as a string or an object, with `errors` as a
 * list, with plain text, HTML or nothing, under any content type: so the body comes as text, and is parsed if it parses.
 */
interface ErrorBody {
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
  // A record or a list of records, whole or cut, is not quoted.
  if (!isRecord(json))
    return { code: '', text: /^[{[]/.test(trimmed) ? UNEXPLAINED : foreignText(trimmed, LONGEST) };
  const first = Array.isArray(json['errors']) ? (json['errors'] as unknown[])[0] : undefined;
  const error = isRecord(first) ? first : isRecord(json['error']) ? json['error'] : json;
  const code = textOf(error, ['code', 'error', 'title']);
  // Where nothing else says that it is an error, it may be a record, which has a description, too.
  const text = textOf(error, code === '' && error === json ? ['message'] : EXPLANATIONS);
  const parts = [...new Set([code, text])].filter((part) => part !== '');
  return { code, text: parts.length === 0 ? UNEXPLAINED : foreignText(parts.join(': '), LONGEST) };
}

const UNEXPLAINED = 'JSON without an explanation';
const EXPLANATIONS = ['description', 'error_description', 'message', 'detail', 'title', 'error'];

/** The same without quoting it, for an account with privacy rules: an explanation may hold what a rule takes away. */
export function summaryOf(body: string): string {
  if (body.trim() === '') return 'empty answer';
  if (isHtml(body)) return 'HTML page';
  const { code } = readErrorBody(body);
  return /^\w{1,60}$/.test(code) ? code : 'an explanation that privacy rules keep back';
}

/** True for an HTML page in place of JSON: a proxy's error or log-in page, also seen with status 200. */
export function isHtml(body: string): boolean {
  return body.trimStart().startsWith('<');
}

/** True for HTML without a word: no proxy's page, but as good as the empty text/html of a missing plan or role (recorded). */
export function isBlank(html: string): boolean {
  // `<` ends a match, too: in a megabyte of them each would otherwise look for its end through all that follow.
  return html.replaceAll(/<[^<>]*>/g, '').trim() === '';
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
  return title === '' ? '' : `"${foreignText(title, LONGEST)}"`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
