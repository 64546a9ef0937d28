import { z } from 'zod';
import { codecKeys, NO_KEYS, type CodecKeys } from './codec/keys';
import { DEFAULT_TASK_QUEUE } from './contract/names';
import { parseSubdomain } from './contract/subdomain';
import type { Destination } from './destinations/destination';
import { openDestination } from './destinations/open';
import type { Account, Credentials } from './zendesk/account';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export type LogLevel = (typeof LOG_LEVELS)[number];

const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

export interface Config {
  readonly taskQueue: string;
  readonly account: Account;
  /** URL of the destination; may hold a password, so it is never printed whole. */
  readonly destination: string;
  /** Where the worker says whether it is well; undefined for nowhere. */
  readonly health: Address | undefined;
  /** Where Prometheus reads; undefined for nowhere. */
  readonly metrics: Address | undefined;
  readonly logLevel: LogLevel;
  /** What payloads are encrypted with. */
  readonly codecKeys: CodecKeys;
}

/** Thrown with every problem of the environment, one a line, never with a value that may be secret. */
export class InvalidEnvironment extends Error {
  override readonly name = 'InvalidEnvironment';
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The worker's configuration from its environment (README, "Configuration"). Temporal's own variables are read by
 * `@temporalio/envconfig`.
 * @throws InvalidEnvironment
 */
export function readConfig(environment: Environment): Config {
  const set = present(environment);
  const parsed = variables.safeParse(set);
  const credentials = readCredentials(set);
  const problems = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => [...path, message].join(': ')),
    ...('problem' in credentials ? [credentials.problem] : []),
    ...baseUrlProblems(set),
  ];
  if (!parsed.success || 'problem' in credentials || problems.length > 0) {
    throw new InvalidEnvironment(`The worker cannot start:\n- ${problems.join('\n- ')}`);
  }
  const { data } = parsed;
  const { origin, pathname } = new URL(
    data.ZENDESK_BASE_URL ?? `https://${data.ZENDESK_SUBDOMAIN}.zendesk.com`,
  );
  const baseUrl = (origin + pathname).replace(/\/+$/, '');
  return {
    taskQueue: data.EXPORT_TASK_QUEUE,
    account: { subdomain: data.ZENDESK_SUBDOMAIN, baseUrl, credentials },
    destination: data.EXPORT_DESTINATION,
    health: data.EXPORT_HEALTH_ADDRESS,
    metrics: data.EXPORT_METRICS_ADDRESS,
    logLevel: data.EXPORT_LOG_LEVEL,
    codecKeys: data.EXPORT_CODEC_KEYS ?? NO_KEYS,
  };
}

/**
 * What is set: an empty variable, as compose files and .env templates leave it, counts as absent; a secret read from a file
 * ends in a line break.
 */
export function present(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment)
      .map(([name, value]) => [name, value?.trim()] as const)
      .filter(([, value]) => value !== ''),
  );
}

/**
 * The destination alone, for commands that need nothing of Zendesk.
 * @throws InvalidEnvironment
 */
export function readDestination(environment: Environment): Destination {
  const parsed = z.object({ EXPORT_DESTINATION: destination }).safeParse(environment);
  if (parsed.success) return openDestination(parsed.data.EXPORT_DESTINATION);
  throw new InvalidEnvironment(
    `EXPORT_DESTINATION ${parsed.error.issues.map(({ message }) => message).join('; ')}`,
  );
}

const subdomain = z
  .string({ error: 'is required: the account the credentials belong to, such as acme' })
  .transform((value, context) => {
    const label = parseSubdomain(value);
    if (label !== undefined) return label;
    context.addIssue({
      code: 'custom',
      message: "is no Zendesk subdomain: acme, acme.zendesk.com or the account's URL",
    });
    return z.NEVER;
  });

const destination = z
  .string()
  .default('duckdb:./export/tickets.duckdb')
  .superRefine((url, context) => {
    try {
      openDestination(url);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });

export const address = z.string().transform((text, context) => {
  const [, host = '127.0.0.1', port] = /^(?:(.*):)?(\d{1,5})$/.exec(text) ?? [];
  if (port !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
  context.addIssue({ code: 'custom', message: 'must be a port or host:port, such as 0.0.0.0:8089' });
  return z.NEVER;
});

const variables = z.object({
  EXPORT_CODEC_KEYS: codecKeys.optional(),
  EXPORT_TASK_QUEUE: z.string().default(DEFAULT_TASK_QUEUE),
  EXPORT_DESTINATION: destination,
  EXPORT_HEALTH_ADDRESS: address.optional(),
  EXPORT_METRICS_ADDRESS: address.optional(),
  EXPORT_LOG_LEVEL: z
    .string()
    .toUpperCase()
    .pipe(z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }))
    .default('INFO'),
  ZENDESK_SUBDOMAIN: subdomain,
  ZENDESK_BASE_URL: z.string().optional(),
});

/** The best of what is set: a client outlives its tokens, a token outlives the legacy API tokens. */
function readCredentials(set: Environment): Credentials | { readonly problem: string } {
  const {
    ZENDESK_CLIENT_ID: clientId,
    ZENDESK_CLIENT_SECRET: clientSecret,
    ZENDESK_OAUTH_TOKEN: oauthToken,
    ZENDESK_EMAIL: email,
    ZENDESK_API_TOKEN: apiToken,
  } = set;
  if (clientId !== undefined && clientSecret !== undefined)
    return { kind: 'oauthClient', clientId, clientSecret };
  if ((clientId ?? clientSecret) !== undefined) {
    return { problem: 'ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET: one is set without the other' };
  }
  if (oauthToken !== undefined) {
    return /^[!-~]+$/.test(oauthToken)
      ? { kind: 'oauthToken', token: oauthToken }
      : { problem: 'ZENDESK_OAUTH_TOKEN: holds characters that no token has' };
  }
  if (email !== undefined && apiToken !== undefined) return { kind: 'apiToken', email, token: apiToken };
  if ((email ?? apiToken) !== undefined) {
    return { problem: 'ZENDESK_EMAIL and ZENDESK_API_TOKEN: one is set without the other' };
  }
  return {
    problem:
      'no credentials: set ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET, or ZENDESK_OAUTH_TOKEN, ' +
      'or ZENDESK_EMAIL and ZENDESK_API_TOKEN (legacy)',
  };
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

function baseUrlProblems({ ZENDESK_BASE_URL: text, ZENDESK_HTTP_HOSTS: named }: Environment): string[] {
  if (text === undefined) return [];
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url === undefined ||
    !['http:', 'https:'].includes(url.protocol) ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    return ['ZENDESK_BASE_URL: must be a plain URL such as https://acme.zendesk.com'];
  }
  const hosts = [...LOOPBACK, ...(named ?? '').split(',').map((host) => host.trim().toLowerCase())];
  if (url.protocol === 'https:' || hosts.includes(url.hostname)) return [];
  return [
    `ZENDESK_BASE_URL: plain http would show the credentials to everyone between here and ${url.hostname}; ` +
      'use https, or name the host in ZENDESK_HTTP_HOSTS',
  ];
}
