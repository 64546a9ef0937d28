/** Headers by name; an array is one header line each. */
export type Headers = Record<string, string | string[]>;

/** What is sent. The body is bytes or text before compression. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Body;
  readonly headers: Headers;
}

/** A body that may be kept and sent again, with its compressed form. */
export interface Body {
  readonly plain: Buffer;
  gzip?: Buffer | undefined;
}

const JSON_TYPE = 'application/json; charset=utf-8';

export function json(status: number, value: unknown, headers: Headers = {}): Answer {
  return { status, contentType: JSON_TYPE, body: JSON.stringify(value), headers };
}

export function page(body: Body): Answer {
  return { status: 200, contentType: JSON_TYPE, body, headers: {} };
}

export function text(status: number, body: string, headers: Headers = {}): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body, headers };
}

export function html(status: number, body: string, headers: Headers = {}): Answer {
  return { status, contentType: 'text/html; charset=utf-8', body, headers };
}
