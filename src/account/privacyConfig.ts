import { z } from 'zod';
import { TABLE_NAMES, type StreamName } from '../streams';
import { pathProblem } from '../zendesk/privacy/paths';
import type { Privacy, StreamRules } from '../zendesk/privacy/privacy';
import type { ConfiguredAccount, ConfiguredAccounts } from './accountConfig';
import type { Environment } from './environment';
import { readJson } from './jsonFile';
import type { ReadText } from './memoise';
import { InvalidConfig, problemsOf } from './problems';
import { textWithReferences } from './secrets';

/** With less, whoever has hashes could try out keys. */
const SHORTEST_KEY = 16;

const NO_OBJECT = {
  error: 'must be an object such as {"key": "${PRIVACY_KEY}", "rules": {"tickets": {"drop": ["subject"]}}}',
};

/** The privacy rules of an account (docs/privacy.md). */
export function privacySchema(set: Environment, read: ReadText): z.ZodType<Privacy> {
  const paths = z.array(z.string()).default([]);
  const rules = z.strictObject(
    { drop: paths, hash: paths },
    { error: 'must be an object with "drop" and "hash"' },
  );
  const key = textWithReferences(set, read).refine((text) => text.length >= SHORTEST_KEY, {
    error: `must have ${SHORTEST_KEY} characters or more; openssl rand -base64 32 makes a good one`,
  });
  return z
    .strictObject({ key: key.optional(), rules: z.record(z.string(), rules) }, NO_OBJECT)
    .transform(({ key: found, rules: byStream }, context): Privacy => {
      const known: Partial<Record<StreamName, StreamRules>> = {};
      for (const [name, own] of Object.entries(byStream)) {
        const stream = TABLE_NAMES.find((each) => each === name);
        const problems = stream === undefined ? [] : problemsIn(stream, own);
        if (stream === undefined)
          context.addIssue({ code: 'custom', path: ['rules', name], message: 'is not a stream' });
        else known[stream] = own;
        for (const { path, message } of problems)
          context.addIssue({ code: 'custom', path: ['rules', name, ...path], message });
      }
      if (found === undefined && Object.values(known).some(({ hash }) => hash.length > 0))
        context.addIssue({ code: 'custom', path: ['key'], message: 'is required, because rules hash' });
      return found === undefined ? { rules: known } : { key: found, rules: known };
    });
}

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function problemsIn(stream: StreamName, rules: StreamRules): Problem[] {
  return (['drop', 'hash'] as const).flatMap((action) =>
    rules[action].flatMap((path, index): Problem[] => {
      const message = pathProblem(stream, path, action);
      return message === undefined ? [] : [{ path: [action, index], message: `${path} ${message}` }];
    }),
  );
}

/**
 * The rules in the file that EXPORT_PRIVACY names; undefined where none is named.
 * @param set the variables of the environment, without empty ones
 * @throws InvalidConfig
 */
export function privacyInFile(set: Environment, read: ReadText): Privacy | undefined {
  const { EXPORT_PRIVACY: path } = set;
  if (path === undefined) return undefined;
  const parsed = privacySchema(set, read).safeParse(readJson('EXPORT_PRIVACY', path, read));
  if (parsed.success) return parsed.data;
  throw new InvalidConfig(problemsOf(parsed.error).map((problem) => `EXPORT_PRIVACY: ${problem}`));
}

/** The accounts, with these rules for those that have none of their own. */
export function withPrivacy(
  [first, ...others]: ConfiguredAccounts,
  privacy: Privacy | undefined,
): ConfiguredAccounts {
  const ruled = (each: ConfiguredAccount): ConfiguredAccount =>
    privacy === undefined || each.account.privacy !== undefined
      ? each
      : { ...each, account: { ...each.account, privacy } };
  return [ruled(first), ...others.map(ruled)];
}
