import { z } from 'zod';

/** Where notices go. Both are secrets: whoever knows the URL of a chat tool may write there. */
export interface NoticeTarget {
  readonly url: string;
  /** What they are signed with; null: nothing is. */
  readonly secret: Buffer | null;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

export const noticeUrl = z.string().refine(isTarget, {
  error: 'must be a URL such as https://chat.example.com/hooks/…; plain http only to this machine',
});

function isTarget(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || `${url.username}${url.password}` !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname));
}

const PREFIX = 'whsec_';

/** As the Standard Webhooks specification writes a key. */
export const noticeSecret = z.string().transform((text, context): Buffer => {
  const encoded = text.slice(PREFIX.length);
  const secret = Buffer.from(encoded, 'base64');
  const isWhole = text.startsWith(PREFIX) && secret.toString('base64') === encoded;
  if (isWhole && secret.length >= 24 && secret.length <= 64) return secret;
  context.addIssue({
    code: 'custom',
    message:
      'must be whsec_ and 24 to 64 bytes in base64, as echo whsec_$(openssl rand -base64 32) makes them',
  });
  return z.NEVER;
});

export function noticeTarget(url: string | undefined, secret: Buffer | undefined): NoticeTarget | undefined {
  return url === undefined ? undefined : { url, secret: secret ?? null };
}

/** For messages: without path and query, which may be secret. */
export function hostOf({ url }: NoticeTarget): string {
  return new URL(url).host;
}
