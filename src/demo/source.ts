import { rmSync } from 'node:fs';
import { readConfig, type Config, type ConfiguredAccount } from '../account/config';
import { MIXED, startSimulator, type Simulator } from '../simulator';
import { startPostgres } from '../development/postgres';

/** The account that the demo exports. */
export interface Source {
  readonly config: Config;
  readonly account: ConfiguredAccount;
  readonly input: unknown;
  readonly description: string;
  /** Undefined for a real account. */
  readonly simulator: Simulator | undefined;
  close(): Promise<void>;
}

const TICKETS = 10_000;
const SIMULATED_DESTINATION = '.demo/tickets.duckdb';
const WEEK_SECONDS = 7 * 24 * 3600;

/**
 * The account of the environment if it names one, else a simulated one with a new, empty database.
 * @param inPostgres whether that is a PostgreSQL server of our own in place of a DuckDB file
 */
export async function startSource(environment: NodeJS.ProcessEnv, inPostgres: boolean): Promise<Source> {
  if (environment['ZENDESK_SUBDOMAIN'] !== undefined) {
    const config = readConfig(environment);
    const [configured] = config.readAccounts();
    const { subdomain, baseUrl } = configured.account;
    return {
      config,
      account: configured,
      input: { subdomain, startTime: Math.floor(Date.now() / 1000) - WEEK_SECONDS },
      description: `${baseUrl}, what has changed in the last week`,
      simulator: undefined,
      close: async () => undefined,
    };
  }
  for (const suffix of ['', '.wal']) rmSync(SIMULATED_DESTINATION + suffix, { force: true });
  const client = { clientId: 'demo-client', clientSecret: 'demo-secret' };
  // Zendesk counts 10 a minute; a window of 5 s shows the same in a twelfth of the time.
  const quota = { perMinute: 10, windowSeconds: 5 };
  const simulator = await startSimulator({ tickets: TICKETS, shapes: MIXED, tokens: client, quota });
  const postgres = inPostgres ? await startPostgres() : undefined;
  const config = readConfig({
    ...environment,
    EXPORT_CONFIG: undefined,
    ZENDESK_SUBDOMAIN: simulator.subdomain,
    ZENDESK_BASE_URL: simulator.url,
    ZENDESK_CLIENT_ID: client.clientId,
    ZENDESK_CLIENT_SECRET: client.clientSecret,
    EXPORT_DESTINATION: postgres?.url() ?? `duckdb:${SIMULATED_DESTINATION}`,
  });
  const [account] = config.readAccounts();
  return {
    config,
    account,
    input: { subdomain: simulator.subdomain, startTime: 0, requestsPerMinute: 600 },
    description: `simulated at ${simulator.url}: ${simulator.size} tickets of 3 to 14 KB and all that belongs to them, ${quota.perMinute} requests per ${quota.windowSeconds} s`,
    simulator,
    close: async () => {
      await simulator.close();
      await postgres?.stop();
    },
  };
}
