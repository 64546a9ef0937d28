import { InvalidConfig, readConfig } from './config';
import { installTelemetry } from './temporal/telemetry';
import { runWorker } from './worker';

/** `npm start`: a worker configured by its environment. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = await installTelemetry(config.logLevel, config.metrics);
  const accounts = config.readAccounts().map(({ account }) => account);
  for (const { subdomain } of accounts.filter(({ credentials }) => credentials.kind === 'apiToken')) {
    logger.warn(
      'legacy API token: Zendesk ends all of them on 2027-04-30; use ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET',
      { subdomain },
    );
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
  process.exitCode = 1;
});
