import { html, json, text, type Answer, type Headers } from './answer';

/** The shapes of error bodies that have been seen (§ body shapes). */
export const BODY_SHAPES = [
  'error',
  'errorObject',
  'errors',
  'oauth',
  'statusError',
  'text',
  'html',
  'empty',
] as const;
export type BodyShape = (typeof BODY_SHAPES)[number];

function gatewayPage(status: number): string {
  return (
    `<html>\r\n<head><title>${status} Error</title></head>\r\n<body>\r\n<center><h1>${status} Error</h1></center>\r\n` +
    '<hr><center>nginx</center>\r\n<script>(function(){window.__CF$cv$params={r:"0"};})();</script>\r\n</body>\r\n</html>\r\n'
  );
}

/** An error of any status in any of the recorded shapes. */
export function errorAnswer(status: number, shape: BodyShape, headers: Headers = {}): Answer {
  switch (shape) {
    case 'error':
      return json(
        status,
        { error: status >= 500 ? 'InternalError' : 'RecordInvalid', description: 'Simulated failure' },
        headers,
      );
    case 'errorObject':
      return json(status, { error: { title: 'Sorry', message: 'Simulated failure' } }, headers);
    case 'errors':
      return json(
        status,
        { errors: [{ code: 'Simulated', status: String(status), title: 'Simulated failure' }] },
        headers,
      );
    case 'oauth':
      return json(status, { error: 'invalid_request', error_description: 'Simulated failure' }, headers);
    case 'statusError':
      return json(status, { status, error: 'Simulated failure' }, headers);
    case 'text':
      return text(status, 'Simulated failure', headers);
    case 'html':
      return html(status, gatewayPage(status), headers);
    case 'empty':
      return html(status, '', headers);
  }
}

/** HTML with a success status: some readers take it for the end of the stream. */
export function html200(): Answer {
  return html(200, gatewayPage(502));
}

/** What the gateway says of a page that takes too long (§ heavy pages). */
export function upstreamTimeout(): Answer {
  return text(504, 'upstream request timeout');
}

export const TOO_RECENT_FORMS = ['400', '422', '422text'] as const;

/** "start_time too recent" as today's accounts say it, as older ones did, and as the oldest did in plain text. */
export function startTimeTooRecent(form: (typeof TOO_RECENT_FORMS)[number] = '400'): Answer {
  const old = 'Too recent start_time. Use a start_time older than 5 minutes';
  if (form === '422') return json(422, { error: 'InvalidValue', description: old });
  if (form === '422text') return text(422, old);
  const title = 'start_time must be more than 60 seconds ago';
  return json(400, { errors: [{ code: 'StartTimeTooRecent', status: '400', title }] });
}

export function exportThrottled(headers: Headers): Answer {
  return json(
    429,
    {
      error: 'APIRateLimitExceeded',
      description: 'Number of allowed incremental export API requests per minute exceeded',
    },
    headers,
  );
}

/** The account's own limit (§ rate limits). */
export function accountThrottled(headers: Headers): Answer {
  return json(
    429,
    {
      error: 'APIRateLimitExceeded',
      description: 'Number of allowed API requests per minute exceeded',
    },
    headers,
  );
}

/** This refusal and those below are recorded (§ refusals). */
export function badRequest(error: string, description: string): Answer {
  return json(400, { error, description });
}

/** Of a query that cannot be read, or a cursor that is no longer good (§ search). */
export function invalidSearch(what: string): Answer {
  return json(422, { error: 'invalid', description: `Invalid search: ${what}` });
}

export function invalidEndpoint(): Answer {
  return json(404, { error: 'InvalidEndpoint', description: 'Not found' });
}

/** Of what a path names by its id (§ lists). */
export function recordNotFound(): Answer {
  return json(404, { error: 'RecordNotFound', description: 'Not found' });
}

export function notAuthenticated(): Answer {
  return json(
    401,
    { error: "Couldn't authenticate you" },
    { 'www-authenticate': 'Basic realm="Web Password"' },
  );
}

export function invalidToken(): Answer {
  return json(401, {
    error: 'invalid_token',
    error_description:
      'The access token provided is expired, revoked, malformed or invalid for other reasons.',
  });
}

export function forbidden(): Answer {
  return json(403, {
    error: {
      title: 'Forbidden',
      message:
        'You do not have access to this page. Please contact the account owner of this help desk for further help.',
    },
  });
}

export function scopeMissing(): Answer {
  return text(403, 'Missing the following required scopes: read');
}
