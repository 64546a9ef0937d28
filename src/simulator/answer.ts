/** Headers by name; an array is one header line each. */
export type Headers = Record<string, string | string[]>;

/** What is to be sent: the body is decoded bytes or text, compressed (or not) on the way out. */
export interface Answer {
  status: number;
  contentType: string;
  body: string | Body;
  headers: Headers;
}

/** A body that may be kept and sent again: the compressed form is remembered beside it. */
export interface Body {
  plain: Buffer;
  gzip?: Buffer | undefined;
}

const jsonType = 'application/json; charset=utf-8';

export const json = (status: number, value: unknown, headers: Headers = {}): Answer => ({
  status,
  contentType: jsonType,
  body: JSON.stringify(value),
  headers,
});

export const page = (body: Body): Answer => ({ status: 200, contentType: jsonType, body, headers: {} });

export const text = (status: number, body: string, headers: Headers = {}): Answer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
  headers,
});

export const html = (status: number, body: string, headers: Headers = {}): Answer => ({
  status,
  contentType: 'text/html; charset=utf-8',
  body,
  headers,
});
