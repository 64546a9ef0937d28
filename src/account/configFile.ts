import { z } from 'zod';
import { parseSubdomain } from '../contract/subdomain';
import {
  baseUrl,
  credentialsOf,
  subdomain,
  usualBaseUrl,
  type ConfiguredAccount,
  type ConfiguredAccounts,
} from './accountConfig';
import { noticeSecret, noticeTarget, noticeUrl } from '../notices/target';
import { destinationUrl, type NamedDestination } from './destinationConfig';
import type { Environment } from './environment';
import { InvalidConfig, problemsOf } from './problems';
import type { Privacy } from '../zendesk/privacy/privacy';
import { privacySchema } from './privacyConfig';
import { readJson } from './jsonFile';
import { textWithReferences } from './secrets';
import { readText, type ReadText } from './memoise';

/**
 * The accounts in the file that EXPORT_CONFIG names (docs/accounts.md).
 * @param set the variables of the environment, without empty ones
 * @throws InvalidConfig
 */
export function accountsInFile(path: string, set: Environment, read: ReadText): ConfiguredAccounts {
  const json = readJson(VARIABLE, path, read);
  const parsed = fileSchema(set, read).safeParse(json);
  const problems = [...problemsOf(parsed.error), ...problemsBetween(json)];
  if (!parsed.success || problems.length > 0) throw invalid(problems);
  const { accounts, destinations } = parsed.data;
  const [only = ''] = Object.keys(destinations);
  const withDestination = ({
    destination,
    notices,
    ...account
  }: (typeof accounts)[number]): ConfiguredAccount => {
    const name = destination ?? only;
    return { account, destination: { name, url: destinations[name] ?? '' }, notices };
  };
  const [first, ...others] = accounts;
  return [withDestination(first), ...others.map(withDestination)];
}

/**
 * The destinations in that file, for commands that need nothing of Zendesk.
 * @throws InvalidConfig
 */
export function destinationsInFile(path: string, set: Environment): readonly NamedDestination[] {
  const parsed = z
    .object({ destinations: destinations(set, readText) }, NO_OBJECT)
    .safeParse(readJson(VARIABLE, path, readText));
  if (!parsed.success) throw invalid(problemsOf(parsed.error));
  return Object.entries(parsed.data.destinations).map(([name, url]) => ({ name, url }));
}

/**
 * The privacy rules of the accounts in that file that have rules of their own, by subdomain.
 * @throws InvalidConfig
 */
export function privacyInAccounts(path: string, set: Environment): ReadonlyMap<string, Privacy> {
  const account = z.object({ subdomain, privacy: privacySchema(set, readText).optional() });
  const parsed = z
    .object({ accounts: z.array(account) }, NO_OBJECT)
    .safeParse(readJson(VARIABLE, path, readText));
  if (!parsed.success) throw invalid(problemsOf(parsed.error));
  return new Map(
    parsed.data.accounts.flatMap(({ subdomain: label, privacy }) =>
      privacy === undefined ? [] : [[label, privacy] as const],
    ),
  );
}

const VARIABLE = 'EXPORT_CONFIG';
const NO_OBJECT = { error: 'must be a JSON object with "destinations" and "accounts"' };
const AT_LEAST_ONE = { error: 'must be a list of one account or more' };
const SECRETS = {
  clientId: 'clientId',
  clientSecret: 'clientSecret',
  oauthToken: 'oauthToken',
  email: 'email',
  apiToken: 'apiToken',
};

function fileSchema(set: Environment, read: ReadText) {
  const text = textWithReferences(set, read);
  const account = z
    .strictObject({
      subdomain,
      baseUrl: text.pipe(baseUrl(set['ZENDESK_HTTP_HOSTS'])).optional(),
      clientId: text.optional(),
      clientSecret: text.optional(),
      oauthToken: text.optional(),
      email: text.optional(),
      apiToken: text.optional(),
      destination: z.string().optional(),
      notifyUrl: text.pipe(noticeUrl).optional(),
      notifySecret: text.pipe(noticeSecret).optional(),
      privacy: privacySchema(set, read).optional(),
    })
    .refine(({ notifyUrl, notifySecret }) => notifyUrl !== undefined || notifySecret === undefined, {
      error: 'notifySecret is set without notifyUrl',
    })
    .transform(
      (
        {
          subdomain: label,
          baseUrl: url = usualBaseUrl(label),
          destination,
          notifyUrl,
          notifySecret,
          privacy,
          ...secrets
        },
        context,
      ) => {
        const credentials = credentialsOf(secrets, SECRETS);
        const notices = noticeTarget(notifyUrl, notifySecret);
        const rules = privacy === undefined ? {} : { privacy };
        if (!('problem' in credentials))
          return { subdomain: label, baseUrl: url, credentials, destination, notices, ...rules };
        context.addIssue({ code: 'custom', message: credentials.problem });
        return z.NEVER;
      },
    );
  return z.strictObject(
    {
      destinations: destinations(set, read),
      accounts: z.array(account, AT_LEAST_ONE).transform(([first, ...others], context) => {
        if (first !== undefined) return [first, ...others] as const;
        context.addIssue({ code: 'custom', message: AT_LEAST_ONE.error });
        return z.NEVER;
      }),
    },
    NO_OBJECT,
  );
}

function destinations(set: Environment, read: ReadText) {
  return z
    .record(z.string(), textWithReferences(set, read).pipe(destinationUrl), {
      error: 'must be an object of names and URLs, such as {"warehouse": "postgres://…"}',
    })
    .refine((named) => Object.keys(named).length > 0, 'names no destination');
}

/** What is wrong between the parts; looked for in the raw file, so that a problem within a part hides none of these. */
function problemsBetween(json: unknown): string[] {
  const { accounts, destinations: named } = outline.parse(json);
  const names = Object.keys(named);
  const firsts = new Map<string, number>();
  return accounts.flatMap(({ subdomain: label, destination }, index) => {
    const first = firsts.get(label ?? '');
    if (label !== undefined && first === undefined) firsts.set(label, index);
    const problems: string[] = [];
    if (label !== undefined && first !== undefined) {
      problems.push(`accounts.${index}.subdomain: ${label} is a duplicate of accounts.${first}`);
    }
    if (destination === undefined ? names.length > 1 : !names.includes(destination)) {
      problems.push(`accounts.${index}.destination: must be one of ${names.join(', ')}`);
    }
    return problems;
  });
}

const outline = z
  .object({
    destinations: z.record(z.string(), z.unknown()).catch({}),
    accounts: z
      .array(
        z
          .object({
            subdomain: z.string().transform(parseSubdomain).optional().catch(undefined),
            destination: z.string().optional().catch(undefined),
          })
          .catch({}),
      )
      .catch([]),
  })
  .catch({ destinations: {}, accounts: [] });

function invalid(problems: readonly string[]): InvalidConfig {
  return new InvalidConfig(problems.map((problem) => `${VARIABLE}: ${problem}`));
}
