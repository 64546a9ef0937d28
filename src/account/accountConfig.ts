import { z } from 'zod';
import { parseSubdomain } from '../contract/subdomain';
import type { Account, Credentials } from '../zendesk/account';
import type { NoticeTarget } from '../notices/target';
import type { NamedDestination } from './destinationConfig';

/** An account, where its tickets go, and where notices about it go. */
export interface ConfiguredAccount {
  readonly account: Account;
  readonly destination: NamedDestination;
  /** Undefined: where those of the worker go. */
  readonly notices: NoticeTarget | undefined;
}

/** There is always one. */
export type ConfiguredAccounts = readonly [ConfiguredAccount, ...ConfiguredAccount[]];

export const subdomain = z
  .string({ error: 'is required: the account the credentials belong to, such as acme' })
  .transform((value, context) => {
    const label = parseSubdomain(value);
    if (label !== undefined) return label;
    context.addIssue({
      code: 'custom',
      message: "is not a Zendesk subdomain: use acme, acme.zendesk.com or the account's URL",
    });
    return z.NEVER;
  });

/** What an account is entered with, as it was found. */
export interface Secrets {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly oauthToken?: string | undefined;
  readonly email?: string | undefined;
  readonly apiToken?: string | undefined;
}

/**
 * The best of what is set: a client outlives its tokens, a token outlives the legacy API tokens.
 * @param names what the secrets are called where they come from
 */
export function credentialsOf(
  { clientId, clientSecret, oauthToken, email, apiToken }: Secrets,
  names: Readonly<Record<keyof Secrets, string>>,
): Credentials | { readonly problem: string } {
  if (clientId !== undefined && clientSecret !== undefined)
    return { kind: 'oauthClient', clientId, clientSecret };
  if ((clientId ?? clientSecret) !== undefined) {
    return { problem: `${names.clientId} and ${names.clientSecret}: one is set without the other` };
  }
  if (oauthToken !== undefined) {
    return /^[!-~]+$/.test(oauthToken)
      ? { kind: 'oauthToken', token: oauthToken }
      : { problem: `${names.oauthToken}: contains characters that are not valid in a token` };
  }
  if (email !== undefined && apiToken !== undefined) return { kind: 'apiToken', email, token: apiToken };
  if ((email ?? apiToken) !== undefined) {
    return { problem: `${names.email} and ${names.apiToken}: one is set without the other` };
  }
  return {
    problem:
      `no credentials: set ${names.clientId} and ${names.clientSecret}, or ${names.oauthToken}, ` +
      `or ${names.email} and ${names.apiToken} (legacy)`,
  };
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Where the account is, without a slash at the end.
 * @param httpHosts ZENDESK_HTTP_HOSTS: hosts that may be reached by plain http, comma separated
 */
export function baseUrl(httpHosts = ''): z.ZodType<string, string> {
  return z.string().transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !isPlain(url)) {
      context.addIssue({
        code: 'custom',
        message: 'must be a plain URL such as https://acme.zendesk.com',
      });
      return z.NEVER;
    }
    const hosts = [...LOOPBACK, ...httpHosts.split(',').map((host) => host.trim().toLowerCase())];
    if (url.protocol === 'http:' && !hosts.includes(url.hostname)) {
      context.addIssue({
        code: 'custom',
        message:
          `plain http would show the credentials to everyone between here and ${url.hostname}; ` +
          'use https, or name the host in ZENDESK_HTTP_HOSTS',
      });
      return z.NEVER;
    }
    return (url.origin + url.pathname).replace(/\/+$/, '');
  });
}

export function usualBaseUrl(label: string): string {
  return `https://${label}.zendesk.com`;
}

function isPlain({ protocol, username, password, search, hash }: URL): boolean {
  return ['http:', 'https:'].includes(protocol) && `${username}${password}${search}${hash}` === '';
}
