import { z } from 'zod';
import {
  baseUrl,
  credentialsOf,
  subdomain,
  usualBaseUrl,
  type ConfiguredAccount,
  type Secrets,
} from './accountConfig';
import { destinationUrl, type NamedDestination } from './destinationConfig';
import { InvalidConfig, problemsOf } from './problems';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables that are set. An empty one, as compose files and .env templates leave it, counts as absent; a secret
 * read from a file ends in a line break.
 */
export function present(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment)
      .map(([name, value]) => [name, value?.trim()] as const)
      .filter(([, value]) => value !== ''),
  );
}

const SECRETS = {
  clientId: 'ZENDESK_CLIENT_ID',
  clientSecret: 'ZENDESK_CLIENT_SECRET',
  oauthToken: 'ZENDESK_OAUTH_TOKEN',
  email: 'ZENDESK_EMAIL',
  apiToken: 'ZENDESK_API_TOKEN',
} as const satisfies Record<keyof Secrets, string>;

/** What describes the one account of a worker without EXPORT_CONFIG. */
export const ACCOUNT_VARIABLES = [
  'ZENDESK_SUBDOMAIN',
  'ZENDESK_BASE_URL',
  ...Object.values(SECRETS),
  'EXPORT_DESTINATION',
];

/**
 * The account that the environment describes.
 * @param set its variables, without empty ones
 * @throws InvalidConfig
 */
export function accountIn(set: Environment): ConfiguredAccount {
  const parsed = z
    .object({
      ...destinationVariable,
      ZENDESK_SUBDOMAIN: subdomain,
      ZENDESK_BASE_URL: baseUrl(set['ZENDESK_HTTP_HOSTS']).optional(),
    })
    .safeParse(set);
  const secrets: Secrets = Object.fromEntries(
    Object.entries(SECRETS).map(([secret, name]) => [secret, set[name]]),
  );
  const credentials = credentialsOf(secrets, SECRETS);
  if (!parsed.success || 'problem' in credentials) {
    throw new InvalidConfig([
      ...problemsOf(parsed.error),
      ...('problem' in credentials ? [credentials.problem] : []),
    ]);
  }
  const { ZENDESK_SUBDOMAIN: label, ZENDESK_BASE_URL: url, EXPORT_DESTINATION } = parsed.data;
  return {
    account: { subdomain: label, baseUrl: url ?? usualBaseUrl(label), credentials },
    destination: { name: 'EXPORT_DESTINATION', url: EXPORT_DESTINATION },
    notices: undefined,
  };
}

/**
 * The destination that the environment names.
 * @throws InvalidConfig
 */
export function destinationIn(set: Environment): NamedDestination {
  const parsed = z.object(destinationVariable).safeParse(set);
  if (!parsed.success) throw new InvalidConfig(problemsOf(parsed.error));
  return { name: 'EXPORT_DESTINATION', url: parsed.data.EXPORT_DESTINATION };
}

const destinationVariable = { EXPORT_DESTINATION: destinationUrl.default('duckdb:./export/tickets.duckdb') };
