import { InvalidConfig, readConfig } from './config';
import { installTelemetry } from './temporal/telemetry';
import { runWorker } from './worker';
import { apiTokenNotice } from './zendesk/apiTokensEnd';

/** `npm start`: a worker configured by its environment. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = await installTelemetry(config.logLevel, config.metrics);
  const accounts = config.readAccounts().map(({ account }) => account);
  for (const { subdomain, credentials } of accounts) {
    if (credentials.kind === 'apiToken') logger.warn(apiTokenNotice(Date.now() / 1000), { subdomain });
  }
  const subdomains = accounts.map(({ subdomain }) => subdomain).join(', ');
  logger.info('worker starts', { subdomains, taskQueue: config.taskQueue });
  await runWorker(config);
}

main().catch((error: unknown) => {
  const message =
    error instanceof InvalidConfig
      ? `The worker cannot start:\n- ${error.problems.join('\n- ')}`
      : `The worker stopped: ${String(error)}`;
  process.stderr.write(`${message}\n`);
  // Not by exitCode: the SDK's runtime lives on where the connection could not even be tried.
  process.exit(1);
});
