import { nameRequest } from '../contract/requestId';
import { isBlank, isHtml, readErrorBody, summaryOf } from './errorBody';
import { ZendeskError, type Failure } from './failure';
import type { Answer } from './http';
import { retryAfterSeconds } from './retryAfter';

/**
 * What an answer other than 200 means, in a sentence for the operator.
 * @param url what was asked for
 * @param isPrivate whether the account has privacy rules: then the answer is not quoted
 */
export function refusalOf(answer: Answer, url: URL, isPrivate = false): ZendeskError {
  const { status, headers } = answer;
  const { code, text: words } = readErrorBody(answer.body);
  const text = isPrivate ? summaryOf(answer.body) : words;
  const refused = (kind: PlainFailure, remedy?: string): ZendeskError =>
    answerError(kind, answer, url, text, remedy);
  if (status === 429 || (status === 503 && headers.has('retry-after'))) {
    const seconds = retryAfterSeconds(headers);
    return new ZendeskError(
      { kind: 'throttled', retryAfterSeconds: seconds },
      `Zendesk: ${text} (status ${status}); next attempt in ${seconds} s`,
    );
  }
  if (status === 504 || /upstream request timeout/i.test(words)) return refused('tooHeavy');
  // An answer between 200 and 300 without a page is a proxy's.
  if (status < 300 || status >= 500 || status === 408 || status === 409) return refused('unavailable');
  // Zendesk's own refusals are JSON, text or empty.
  if ([401, 403, 404].includes(status) && isHtml(answer.body) && !isBlank(answer.body)) {
    return answerError('refused', answer, url, text, PROXY, true);
  }
  if (status === 401) return refused('unauthorized', 'Check the credentials, then resume.');
  if (status === 403) {
    return refused(
      'forbidden',
      'The export needs an admin, the read scope, and a plan that includes this: check them, then resume.',
    );
  }
  if (status === 404)
    return refused('unknownAccount', 'Check the subdomain, and that the plan includes this, then resume.');
  if (isTooRecent(`${code} ${words}`)) return refused('tooRecent');
  const isByCursor = url.searchParams.has('cursor') || url.searchParams.has('page[after]');
  if (isByCursor && /cursor|pagination/i.test(`${code} ${words}`)) {
    return refused('cursorRejected', 'Send resetCursor with a startTime.');
  }
  if (status >= 300 && status < 400) {
    return refused(
      'refused',
      'Redirects are not followed: check ZENDESK_BASE_URL and the subdomain, then resume.',
    );
  }
  return refused('refused', 'Correct what it names, then resume.');
}

const PROXY =
  'A proxy or firewall between the worker and Zendesk refused the request: let the worker through, then resume.';

type PlainFailure = Exclude<Failure['kind'], 'throttled'>;

/** An error about one answer: what it said, the status, the request's id for Zendesk's support, and what to do. */
export function answerError(
  kind: PlainFailure,
  answer: Pick<Answer, 'status' | 'headers'>,
  url: URL,
  text: string,
  remedy = '',
  mayPass = false,
): ZendeskError {
  const [id = ''] = answer.headers.get('x-request-id')?.split(',') ?? [];
  const message = `Zendesk at ${url.host}: ${text} (status ${answer.status}${nameRequest(id)}). ${remedy}`;
  return new ZendeskError({ kind }, message.trim(), mayPass);
}

/** 400 or 422, as JSON of several years and as plain text. */
function isTooRecent(said: string): boolean {
  return /StartTimeTooRecent|too recent start_time|start_time must be more than/i.test(said);
}
