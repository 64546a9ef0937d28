import { z } from 'zod';
import { noticeSecret, noticeTarget, noticeUrl, type NoticeTarget } from '../notices/target';
import { codecKeys, NO_KEYS, type CodecKeys } from './codecKeys';
import { DEFAULT_TASK_QUEUE } from '../contract/names';
import type { ConfiguredAccounts } from './accountConfig';
import { address, type Address } from './address';
import type { NamedDestination } from './destinationConfig';
import { ACCOUNT_VARIABLES, accountIn, destinationIn, present, type Environment } from './environment';
import { accountsInFile, destinationsInFile, privacyInAccounts } from './configFile';
import { InvalidConfig, problemsOf } from './problems';
import { memoise, readText } from './memoise';
import { privacyInFile, withPrivacy } from './privacyConfig';
import type { Privacy } from '../zendesk/privacy/privacy';

export type { ConfiguredAccount } from './accountConfig';
export { address, type Address } from './address';
export { present, type Environment } from './environment';
export type { NamedDestination } from './destinationConfig';
export { InvalidConfig, problemsOf } from './problems';

export type LogLevel = (typeof LOG_LEVELS)[number];

const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

export interface Config {
  readonly taskQueue: string;
  /** Where the worker says whether it is well; undefined for nowhere. */
  readonly health: Address | undefined;
  /** Where Prometheus reads; undefined for nowhere. */
  readonly metrics: Address | undefined;
  readonly logLevel: LogLevel;
  /** Whether traces are sent; to where, the exporter reads itself. */
  readonly tracing: boolean;
  /** What payloads are encrypted with. */
  readonly codecKeys: CodecKeys;
  /** Where notices go of accounts that name no place of their own; undefined for nowhere. */
  readonly notices: NoticeTarget | undefined;
  /** The version this worker is of a Temporal worker deployment; undefined without worker versioning. */
  readonly deployment: { readonly deploymentName: string; readonly buildId: string } | undefined;
  /**
   * The accounts as they are configured now: where they are in a file, it is read at every call. The same array while nothing
   * has changed.
   * @throws InvalidConfig
   */
  readonly readAccounts: () => ConfiguredAccounts;
}

/**
 * The worker's configuration from its environment (docs/configuration.md). Temporal's own variables are read by
 * `@temporalio/envconfig`.
 * @throws InvalidConfig with every problem
 */
export function readConfig(environment: Environment): Config {
  const set = present(environment);
  const readAccounts = memoise((read): ConfiguredAccounts => {
    const file = configFile(set);
    const accounts: ConfiguredAccounts =
      file === undefined ? [accountIn(set)] : accountsInFile(file, set, read);
    return withPrivacy(accounts, privacyInFile(set, read));
  });
  const parsed = worker.safeParse(set);
  const problems = [
    ...problemsOf(parsed.error),
    ...problemsOfReading(() => deploymentIn(set)),
    ...problemsOfReading(readAccounts),
  ];
  if (!parsed.success || problems.length > 0) throw new InvalidConfig(problems);
  const { data } = parsed;
  return {
    taskQueue: data.EXPORT_TASK_QUEUE,
    health: data.EXPORT_HEALTH_ADDRESS,
    metrics: data.EXPORT_METRICS_ADDRESS,
    logLevel: data.EXPORT_LOG_LEVEL,
    tracing: data.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    codecKeys: data.EXPORT_CODEC_KEYS ?? NO_KEYS,
    notices: noticeTarget(data.EXPORT_NOTIFY_URL, data.EXPORT_NOTIFY_SECRET),
    deployment: deploymentIn(set),
    readAccounts,
  };
}

/**
 * The destinations alone, for commands that need nothing of Zendesk.
 * @throws InvalidConfig
 */
export function readDestinations(environment: Environment): readonly NamedDestination[] {
  const set = present(environment);
  const file = configFile(set);
  return file === undefined ? [destinationIn(set)] : destinationsInFile(file, set);
}

/**
 * The privacy rules alone, by subdomain, for commands that need nothing of Zendesk.
 * @throws InvalidConfig
 */
export function readPrivacy(environment: Environment): (subdomain: string) => Privacy | undefined {
  const set = present(environment);
  const file = configFile(set);
  const own = file === undefined ? new Map<string, Privacy>() : privacyInAccounts(file, set);
  const shared = privacyInFile(set, readText);
  return (subdomain) => own.get(subdomain) ?? shared;
}

const worker = z
  .object({
    EXPORT_CODEC_KEYS: codecKeys.optional(),
    EXPORT_NOTIFY_URL: noticeUrl.optional(),
    EXPORT_NOTIFY_SECRET: noticeSecret.optional(),
    EXPORT_TASK_QUEUE: z.string().default(DEFAULT_TASK_QUEUE),
    EXPORT_HEALTH_ADDRESS: address.optional(),
    EXPORT_METRICS_ADDRESS: address.optional(),
    EXPORT_LOG_LEVEL: z
      .string()
      .toUpperCase()
      .pipe(z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }))
      .default('INFO'),
    OTEL_EXPORTER_OTLP_ENDPOINT: z
      .url({ protocol: /^https?$/, error: 'must be a URL such as http://localhost:4318' })
      .optional(),
  })
  .refine(
    ({ EXPORT_NOTIFY_URL: url, EXPORT_NOTIFY_SECRET: secret }) => url !== undefined || secret === undefined,
    {
      error: 'EXPORT_NOTIFY_SECRET is set without EXPORT_NOTIFY_URL',
    },
  );

/** Named as the Temporal Worker Controller for Kubernetes names them. @throws InvalidConfig */
function deploymentIn(set: Environment): Config['deployment'] {
  const { TEMPORAL_DEPLOYMENT_NAME: deploymentName, TEMPORAL_WORKER_BUILD_ID: buildId } = set;
  if (deploymentName !== undefined && buildId !== undefined) return { deploymentName, buildId };
  if (deploymentName === buildId) return undefined;
  throw new InvalidConfig([
    'TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID: one is set without the other',
  ]);
}

/** @throws InvalidConfig where the environment describes an account, too: one of the two would be ignored */
function configFile(set: Environment): string | undefined {
  const { EXPORT_CONFIG: file } = set;
  const others = ACCOUNT_VARIABLES.filter((name) => set[name] !== undefined);
  if (file === undefined || others.length === 0) return file;
  throw new InvalidConfig([`EXPORT_CONFIG takes the place of ${others.join(', ')}: unset one or the other`]);
}

function problemsOfReading(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof InvalidConfig) return error.problems;
    throw error;
  }
}
