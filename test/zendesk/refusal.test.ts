import { refusalOf } from '../../src/zendesk/refusal';

const PAGE = new URL('https://acme.zendesk.com/api/v2/incremental/tickets?start_time=5');
const BY_CURSOR = new URL('https://acme.zendesk.com/api/v2/incremental/tickets/cursor?cursor=abc');

function refuse(status: number, body = '', headers: Record<string, string> = {}, url = PAGE) {
  const answer = {
    status,
    headers: new Headers(headers),
    body,
    bytes: body.length,
    askedAt: 0,
    answeredAt: 0,
  };
  return refusalOf(answer, url);
}

function kindOf(...answer: Parameters<typeof refuse>): string {
  return refuse(...answer).failure.kind;
}

const TOO_RECENT_422 = 'Too recent start_time. Use a start_time older than 5 minutes';

describe('what an answer means', () => {
  test.each([
    [500, '{"status":500,"error":"Internal Server Error"}'],
    [502, '<html><head><title>502 Bad Gateway</title></head></html>'],
    [503, 'Service Unavailable'],
    [503, ''],
    [520, '<!DOCTYPE html>'],
    [524, ''],
    [409, 'Requester creation collision - please try again'],
    [408, ''],
    [204, ''],
    [206, '{"tickets":['],
  ])('%i is unavailable: %s', (status, body) => {
    expect(kindOf(status, body)).toBe('unavailable');
  });

  test.each([
    [504, 'upstream request timeout'],
    [504, '<html></html>'],
    [504, ''],
    [503, 'upstream request timeout'],
    [500, '{"error":"Upstream request timeout"}'],
  ])('%i is a page that is too heavy: %s', (status, body) => {
    expect(kindOf(status, body)).toBe('tooHeavy');
  });

  test.each([
    [401, `{"error":"Couldn't authenticate you"}`, 'unauthorized'],
    [
      401,
      '{"error":"invalid_token","error_description":"The access token provided is expired."}',
      'unauthorized',
    ],
    [401, '', 'unauthorized'],
    [403, '{"error":{"title":"Forbidden","message":"You do not have access to this page."}}', 'forbidden'],
    [403, 'Missing the following required scopes: read', 'forbidden'],
    [403, '', 'forbidden'],
    [404, '{"error":{"title":"No help desk at x.zendesk.com","message":"claim it"}}', 'unknownAccount'],
    [404, '{"error":"InvalidEndpoint","description":"Not found"}', 'unknownAccount'],
    [403, '<!DOCTYPE html>\n<html><head></head><body> </body></html>', 'forbidden'],
    [404, '<html></html>', 'unknownAccount'],
    [404, '<html><h1>Not Found</h1></html>', 'refused'],
    [400, '{"error":"ParameterMissing","description":"Parameter start_time is required"}', 'refused'],
    [400, '{"errors":[{"code":"TooManyValues","status":"400","title":"too many"}]}', 'refused'],
    [422, '{"error":"RecordInvalid","description":"Record validation errors"}', 'refused'],
    [402, '', 'refused'],
    [302, '', 'refused'],
  ])('%i %s is %s', (status, body, kind) => {
    expect(kindOf(status, body)).toBe(kind);
    expect(refuse(status, body).message).toMatch(/ resume\.$/);
  });

  test.each([
    [
      400,
      '{"errors":[{"code":"StartTimeTooRecent","status":"400","title":"start_time must be more than 60 seconds ago"}]}',
    ],
    [400, '{"error":"StartTimeTooRecent","description":"before 1 minute"}'],
    [422, `{"error":"InvalidValue","description":"${TOO_RECENT_422}"}`],
    [422, TOO_RECENT_422],
  ])('%i is too recent a start_time: %s', (status, body) => {
    expect(kindOf(status, body)).toBe('tooRecent');
    expect(kindOf(status, body, {}, BY_CURSOR)).toBe('tooRecent');
  });

  test.each([
    [400, '{"errors":[{"code":"InvalidCursor","title":"cursor is invalid or expired"}]}'],
    [400, '{"error":"InvalidPaginationParameter","description":"page[after] is not valid"}'],
    [422, 'Invalid search: cursor has expired'],
  ])('%i is a rejected cursor if one was sent: %s', (status, body) => {
    expect(kindOf(status, body, {}, BY_CURSOR)).toBe('cursorRejected');
    expect(kindOf(status, body, {}, PAGE)).toBe('refused');
  });

  test.each([
    [
      429,
      '{"error":"APIRateLimitExceeded","description":"Number of allowed incremental export API requests per minute exceeded"}',
    ],
    [429, 'Number of allowed API requests per minute exceeded'],
    [429, ''],
    [503, ''],
  ])('%i with Retry-After is throttled for as long as it says', (status, body) => {
    const error = refuse(status, body, { 'retry-after': '27' });
    expect(error.failure).toEqual({ kind: 'throttled', retryAfterSeconds: 27 });
    expect(error.message).toContain('27 s');
  });

  test('429 without Retry-After is throttled for a minute', () => {
    expect(refuse(429).failure).toEqual({ kind: 'throttled', retryAfterSeconds: 60 });
  });

  test("measures a Retry-After date from the answer's own date", () => {
    const headers = { 'retry-after': 'Fri, 02 Jan 1970 00:00:31 GMT', date: 'Fri, 02 Jan 1970 00:00:01 GMT' };
    expect(refuse(429, '', headers).failure).toEqual({ kind: 'throttled', retryAfterSeconds: 30 });
  });

  test.each([400, 401, 403, 404, 500, 502, 504])(
    'takes the status %i for what it is although there is a Retry-After',
    (status) => {
      expect(kindOf(status, '', { 'retry-after': '5' })).toBe(kindOf(status));
    },
  );
});

describe('the message', () => {
  test('names the host, what Zendesk said, the status and one of the request ids', () => {
    const { message } = refuse(500, '{"error":"InternalError","description":"Sorry"}', {
      'x-request-id': 'one, two',
    });
    expect(message).toBe('Zendesk at acme.zendesk.com: InternalError: Sorry (status 500, request one).');
  });

  test('says what to do about a redirect', () => {
    expect(refuse(302, '', { location: 'https://evil.example' }).message).toContain('check ZENDESK_BASE_URL');
  });

  test('holds neither the query nor the place a redirect leads to', () => {
    const { message } = refuse(302, '', { location: 'https://evil.example/?token=t' }, BY_CURSOR);
    expect(message).not.toMatch(/abc|evil|token/);
  });
});
