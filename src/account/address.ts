import { z } from 'zod';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where to listen: a port of this machine alone, `host:port`, or `[::1]:port`. */
export const address = z.string().transform((text, context): Address => {
  const [, bracketed, plain, port] = /^(?:(?:\[([\da-f:.%]+)\]|([^[\]]*)):)?(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain ?? '127.0.0.1';
  if (port !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
  context.addIssue({ code: 'custom', message: 'must be a port or host:port, such as 0.0.0.0:8089' });
  return z.NEVER;
});
